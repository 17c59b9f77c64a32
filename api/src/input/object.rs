//! Objects inside a body. Serde's derive takes a list for a struct, field by field; the contract is an object.

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

pub(crate) use only_objects;
