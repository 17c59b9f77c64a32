//! Followers that race, followers that die, and readers that wait.

use std::time::Duration;

use domain::product::{Product, ProductEvent};
use projections::{Behind, Follower, Step, Views, products, status};

use crate::{
    history,
    rebuild::snapshot,
    world::{SOON, World, on_every_database},
};

on_every_database!(
    two_followers_fold_every_event_once,
    a_follower_that_dies_leaves_rows_and_checkpoint_together,
    a_reader_waits_for_what_was_just_written,
    opening_twice_at_once_is_safe,
);

async fn two_followers_fold_every_event_once(mut world: World) {
    history::play(&mut world).await;
    let head = world.head();
    let follow = async |size: usize| {
        let views = Views::open(&world.views_url).await.unwrap();
        let follower = Follower::new(views.clone(), world.feed.clone(), world.vault.clone()).with_batch(size);
        let mut folded = 0;
        while views.position() < head {
            match follower.step().await {
                Ok(Step::Folded(_)) => folded += 1,
                Ok(Step::UpToDate(_)) => break,
                Ok(Step::NothingFree) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
        folded
    };
    let (one, two) = tokio::join!(follow(1), follow(2));
    assert!(one + two >= head / 2, "{one} and {two} batches");
    let raced = snapshot(&world).await;
    assert!(
        status(&world.views).await.unwrap().iter().all(|one| one.error.is_none() && one.position == head)
    );
    for projection in projections::Projection::ALL {
        projections::rebuild(&world.views, &world.feed, &world.vault, projection, |_| {}).await.unwrap();
    }
    assert_eq!(snapshot(&world).await, raced);
}

async fn a_follower_that_dies_leaves_rows_and_checkpoint_together(mut world: World) {
    history::play(&mut world).await;
    // Each life is a little longer than the one before, so death comes at every stage of a transaction.
    for life in 0..30 {
        live_for(&world, Duration::from_micros(life * 300)).await;
    }
    // The dead may hold their locks until the server notices.
    let heir = tokio::spawn(world.follower().run());
    world.views.wait_for(world.head(), SOON).await.unwrap();
    heir.abort();
    assert!(status(&world.views).await.unwrap().iter().all(|one| one.error.is_none()));
    let survived = snapshot(&world).await;
    for projection in projections::Projection::ALL {
        projections::rebuild(&world.views, &world.feed, &world.vault, projection, |_| {}).await.unwrap();
    }
    assert_eq!(snapshot(&world).await, survived);
}

/// A process of its own, as far as the database can tell: it is gone with all its connections, mid-statement.
async fn live_for(world: &World, life: Duration) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (opened, born) = tokio::sync::oneshot::channel();
    let (url, feed, vault) = (world.views_url.clone(), world.feed.clone(), world.vault.clone());
    runtime.spawn(async move {
        let views = Views::open(&url).await.unwrap();
        opened.send(()).unwrap();
        Follower::new(views, feed, vault).with_batch(1).run().await;
    });
    born.await.unwrap();
    let _ = tokio::time::timeout(life, std::future::pending::<()>()).await;
    runtime.shutdown_background();
}

async fn a_reader_waits_for_what_was_just_written(mut world: World) {
    let behind = world.views.wait_for(1, Duration::from_millis(40)).await;
    assert_eq!(behind, Err(Behind { have: 0 }));
    let running = tokio::spawn(world.follower().run());
    history::shelf(&mut world).await;
    // A reader of another process does not hear the follower and looks for itself.
    let elsewhere = Views::open(&world.views_url).await.unwrap();
    for (sequence, price) in (2..12).zip(1..) {
        let price = domain::Money::krw(price);
        let changed = ProductEvent::PriceChanged { price };
        world.append::<Product>(history::products()[0], sequence, vec![changed]).await;
        for views in [&world.views, &elsewhere] {
            views.wait_for(world.head(), SOON).await.unwrap();
            let found = products::find(views, history::products()[0]).await.unwrap().unwrap();
            assert_eq!((found.price, found.version), (price.amount, sequence + 1));
        }
    }
    running.abort();
}

async fn opening_twice_at_once_is_safe(world: World) {
    let url = match world.engine {
        crate::world::Engine::Sqlite => format!("{}.fresh", world.views_url),
        crate::world::Engine::Postgres => {
            testbed::Postgres::shared().await.unwrap().fresh_database().await.unwrap()
        }
        crate::world::Engine::MariaDb => {
            testbed::MariaDb::shared().await.unwrap().fresh_database().await.unwrap()
        }
    };
    let (one, two) = tokio::join!(Views::open(&url), Views::open(&url));
    assert_eq!(status(&one.unwrap()).await.unwrap(), status(&two.unwrap()).await.unwrap());
}
