//! New rows are compared with the old ones before anybody sees them, and the old ones can be gone back to.

use domain::product::{Product, ProductEvent};
use projections::{Comparison, Projection, Returned, ViewsError, Wanted, back, products, rebuild, status};

use crate::{
    history,
    rebuild::snapshot,
    world::{World, on_every_database},
};

on_every_database!(
    other_rows_are_told_and_nobody_sees_them,
    whoever_accepts_other_rows_gets_them_and_can_go_back,
    the_generation_gone_back_to_has_what_happened_since,
    what_was_never_live_is_not_gone_back_to,
);

async fn generation(world: &World, projection: Projection) -> i64 {
    let all = status(&world.views).await.unwrap();
    all.into_iter().find(|one| one.projection == projection.name()).unwrap().generation
}

async fn go_back(world: &World, projection: Projection) -> Result<Returned, ViewsError> {
    back(&world.views, &world.feed, &world.vault, projection).await
}

async fn anew(world: &World, wanted: impl Into<Wanted> + Send) -> Result<Comparison, ViewsError> {
    let rebuilt = rebuild(&world.views, &world.feed, &world.vault, wanted, |_| {}).await;
    rebuilt.map(|rebuilt| rebuilt.compared)
}

/// One row changed and one lost, behind the fold's back.
async fn tampered(world: &mut World) -> Vec<String> {
    history::play(world).await;
    world.catch_up().await;
    let [changed, lost] = [0, 1].map(|which| history::products()[which].to_string());
    world.sql(&format!("update products_g1 set name = upper(name) where product_id = '{changed}'")).await;
    world.sql(&format!("delete from products_g1 where product_id = '{lost}'")).await;
    let mut keys = vec![changed, lost];
    keys.sort_unstable();
    keys
}

async fn other_rows_are_told_and_nobody_sees_them(mut world: World) {
    let keys = tampered(&mut world).await;
    let seen = snapshot(&world).await;
    for _ in 0..2 {
        let error = anew(&world, Projection::Products).await.unwrap_err();
        let ViewsError::Different { projection: Projection::Products, differences } = &error else {
            panic!("{error}")
        };
        assert_eq!(differences.len(), 1);
        assert_eq!((differences[0].table, differences[0].rows), ("products", 2));
        assert_eq!(differences[0].keys, keys);
        assert_eq!(snapshot(&world).await, seen);
        assert_eq!(generation(&world, Projection::Products).await, 1);
    }
    assert_eq!(anew(&world, Projection::Orders).await.unwrap(), Comparison::Same);
}

async fn whoever_accepts_other_rows_gets_them_and_can_go_back(mut world: World) {
    tampered(&mut world).await;
    let tampered = snapshot(&world).await;
    let compared =
        anew(&world, Wanted::from(Projection::Products).accepting_differences(true)).await.unwrap();
    assert!(matches!(&compared, Comparison::Different(all) if all.len() == 1), "{compared:?}");
    let right = snapshot(&world).await;
    assert_ne!(right, tampered);
    let to = |generation| Returned { generation, position: world.head() };
    for _ in 0..2 {
        assert_eq!(go_back(&world, Projection::Products).await.unwrap(), to(1));
        assert_eq!(snapshot(&world).await, tampered);
        assert_eq!(go_back(&world, Projection::Products).await.unwrap(), to(2));
        assert_eq!(snapshot(&world).await, right);
    }
}

async fn the_generation_gone_back_to_has_what_happened_since(mut world: World) {
    history::play(&mut world).await;
    world.catch_up().await;
    for projection in Projection::ALL {
        anew(&world, projection).await.unwrap();
    }
    for version in 4..14 {
        let price = domain::Money::krw(version);
        let changed = ProductEvent::PriceChanged { price };
        world.append::<Product>(history::products()[0], version, vec![changed]).await;
    }
    world.catch_up().await;
    let live = snapshot(&world).await;
    for projection in Projection::ALL {
        let returned = go_back(&world, projection).await.unwrap();
        assert_eq!(returned, Returned { generation: 1, position: world.head() }, "{projection}");
    }
    assert_eq!(snapshot(&world).await, live);
    // The follower goes on there, and the next rebuild compares with it.
    let changed = ProductEvent::PriceChanged { price: domain::Money::krw(99) };
    world.append::<Product>(history::products()[0], 14, vec![changed]).await;
    world.catch_up().await;
    assert_eq!(products::find(&world.views, history::products()[0]).await.unwrap().unwrap().price, 99);
    assert_eq!(anew(&world, Projection::Products).await.unwrap(), Comparison::Same);
    assert_eq!(generation(&world, Projection::Products).await, 3);
}

async fn what_was_never_live_is_not_gone_back_to(mut world: World) {
    tampered(&mut world).await;
    let none = go_back(&world, Projection::Products).await.unwrap_err();
    assert!(matches!(none, ViewsError::NoWayBack(Projection::Products)), "{none}");
    anew(&world, Projection::Products).await.unwrap_err();
    let none = go_back(&world, Projection::Products).await.unwrap_err();
    assert!(matches!(none, ViewsError::NoWayBack(Projection::Products)), "{none}");
    // A rebuild that fails does not take the way back away.
    anew(&world, Wanted::from(Projection::Products).accepting_differences(true)).await.unwrap();
    let live = generation(&world, Projection::Products).await;
    world.sql(&format!("update products_g{live} set price = price + 1")).await;
    anew(&world, Projection::Products).await.unwrap_err();
    assert_eq!(go_back(&world, Projection::Products).await.unwrap().generation, 1);
}
