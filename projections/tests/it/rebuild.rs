//! A projection folded anew is the projection that was live, and nobody notices.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use domain::product::{Product, ProductEvent};
use projections::{
    Comparison, PageRequest, Projection, Rebuilt, ViewsError, Wanted, balances, journal, orders, products,
    rebuild, status, timeline, users,
};
use serde_json::{Value, json};

use crate::{
    history,
    world::{SOON, World, on_every_database},
};

on_every_database!(
    every_projection_rebuilt_is_what_was_live,
    readers_and_the_follower_go_on_during_a_rebuild,
    the_later_of_two_rebuilds_wins,
    rows_that_find_no_room_in_memory_are_written_and_read_again,
);

/// Everything that can be asked, in one value.
pub async fn snapshot(world: &World) -> Value {
    let views = &world.views;
    let page = PageRequest::new(None, Some(100)).unwrap();
    let mut people = vec![];
    for customer in [history::buyer(), history::sellers()[0].customer(), history::sellers()[1].customer()] {
        let user = users::find(views, customer).await.unwrap();
        people.push(json!([user.as_ref().map(|user| user.password.clone()), user]));
    }
    let mut all_orders = vec![];
    for order in [history::confirmed(), history::refunded(), history::expired()] {
        let shown = orders::show(views, order).await.unwrap();
        all_orders.push(json!([shown, timeline::of_order(views, order, page).await.unwrap()]));
    }
    let mut holds = vec![];
    for payment in history::payments() {
        holds.push(projections::payments::show(views, payment).await.unwrap());
    }
    json!({
        "users": people,
        "products": products::list(views, &products::ProductFilter::default(), page).await.unwrap(),
        "orders": all_orders,
        "payments": holds,
        "journal": journal::list(views, &journal::JournalFilter::default(), page).await.unwrap(),
        "trial balance": balances::trial_balance(views).await.unwrap(),
        "holds": balances::of_code(views, 2100, page).await.unwrap(),
    })
}

async fn every_projection_rebuilt_is_what_was_live(mut world: World) {
    history::play(&mut world).await;
    world.follower().with_batch(3).catch_up().await.unwrap();
    let live = snapshot(&world).await;
    for generation in 2..=3 {
        for projection in Projection::ALL {
            let mut seen = vec![];
            let (views, feed, vault) = (&world.views, &world.feed, &world.vault);
            let end = rebuild(views, feed, vault, projection, |progress| seen.push(progress)).await.unwrap();
            assert_eq!(end, Rebuilt { generation, position: world.head(), compared: Comparison::Same });
            assert_eq!(seen.last().map(|last| last.position), Some(world.head()));
        }
        assert_eq!(snapshot(&world).await, live);
        let all = status(&world.views).await.unwrap();
        assert!(
            all.iter().all(|one| one.generation == generation && one.position == world.head()),
            "{all:?}"
        );
    }
    // The follower goes on in the new generation.
    let described = ProductEvent::PriceChanged { price: domain::Money::krw(1) };
    world.append::<Product>(history::products()[0], 4, vec![described]).await;
    world.catch_up().await;
    assert_eq!(products::find(&world.views, history::products()[0]).await.unwrap().unwrap().price, 1);
}

async fn readers_and_the_follower_go_on_during_a_rebuild(mut world: World) {
    history::play(&mut world).await;
    world.catch_up().await;
    let running = tokio::spawn(world.follower().run());
    let (views, feed, vault) = (world.views.clone(), world.feed.clone(), world.vault.clone());
    let stop = Arc::new(AtomicBool::new(false));
    let building = tokio::spawn({
        let stop = stop.clone();
        async move {
            let mut rebuilt = 0;
            while !stop.load(Ordering::Relaxed) || rebuilt == 0 {
                rebuild(&views, &feed, &vault, Projection::Products, |_| {}).await.unwrap();
                rebuilt += 1;
            }
            rebuilt
        }
    });
    for version in 4..24 {
        let price = domain::Money::krw(version);
        let changed = ProductEvent::PriceChanged { price };
        world.append::<Product>(history::products()[0], version, vec![changed]).await;
        world.views.wait_for_one(Projection::Products, world.head(), SOON).await.unwrap();
        let found = products::find(&world.views, history::products()[0]).await.unwrap().unwrap();
        assert_eq!((found.price, found.version), (version, version + 1));
    }
    stop.store(true, Ordering::Relaxed);
    assert!(building.await.unwrap() > 0);
    running.abort();
}

async fn the_later_of_two_rebuilds_wins(mut world: World) {
    history::play(&mut world).await;
    world.catch_up().await;
    let live = snapshot(&world).await;
    let build = async || {
        let result = rebuild(&world.views, &world.feed, &world.vault, Projection::Orders, |_| {}).await;
        match result {
            Ok(_) => 1,
            Err(ViewsError::Fenced { .. } | ViewsError::Database(_)) => 0,
            Err(error) => panic!("{error}"),
        }
    };
    let (one, two) = tokio::join!(build(), build());
    assert!(one + two >= 1);
    assert_eq!(snapshot(&world).await, live);
    build().await;
    assert_eq!(snapshot(&world).await, live);
}

async fn rows_that_find_no_room_in_memory_are_written_and_read_again(mut world: World) {
    history::play(&mut world).await;
    world.catch_up().await;
    let (views, feed, vault) = (world.views.clone(), world.feed.clone(), world.vault.clone());
    for held in [0, 1, 5] {
        for projection in Projection::ALL {
            let wanted = Wanted::from(projection).within(held, 3);
            let rebuilt = rebuild(&views, &feed, &vault, wanted, |_| {}).await.unwrap();
            assert_eq!(
                (rebuilt.position, rebuilt.compared),
                (world.head(), Comparison::Same),
                "{projection}"
            );
        }
    }
}
