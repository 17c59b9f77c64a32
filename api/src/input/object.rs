//! Objects and names inside a body, and nothing else that serde's derive would take for them: a list for a struct,
//! field by field; an object for an enum.

/// Reads these structs from JSON objects only. They derive `Deserialize` with `#[serde(remote = "Self")]`: the derived
/// code becomes a function of the struct, and the trait stands here.
macro_rules! only_objects {
    ($($name:ident),+ $(,)?) => {
        $(
            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                    struct Object;
                    impl<'de> serde::de::Visitor<'de> for Object {
                        type Value = $name;
                        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                            f.write_str("an object")
                        }
                        fn visit_map<A: serde::de::MapAccess<'de>>(self, members: A) -> Result<$name, A::Error> {
                            $name::deserialize(serde::de::value::MapAccessDeserializer::new(members))
                        }
                    }
                    from.deserialize_map(Object)
                }
            }
        )+
    };
}

/// Reads these enums from names only. Serde's derive also takes `{"card": null}` for `"card"`. They derive
/// `Deserialize` as the structs of [`only_objects`] do.
macro_rules! only_names {
    ($($name:ident),+ $(,)?) => {
        $(
            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                    struct Name;
                    impl serde::de::Visitor<'_> for Name {
                        type Value = $name;
                        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                            f.write_str("a name")
                        }
                        fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<$name, E> {
                            $name::deserialize(serde::de::value::StrDeserializer::new(name))
                        }
                    }
                    from.deserialize_str(Name)
                }
            }
        )+
    };
}

pub(crate) use {only_names, only_objects};
