//! An event that cannot be folded stops its projection alone, visibly, and is never passed over.

use std::time::Duration;

use domain::{
    id::{Id, OrderId},
    order::{Line, Order, OrderEvent},
    product::Product,
};
use projections::{Behind, Projection, Status, ViewsError, orders, products, resume, status};
use sqlx::Connection;

use crate::{
    history,
    world::{SOON, World, id, on_every_database},
};

on_every_database!(
    an_event_without_a_row_parks_its_projection,
    an_event_nobody_can_read_parks_who_would_read_it,
    a_row_the_database_refuses_parks_its_projection,
);

async fn parked(world: &World) -> Vec<(String, i64)> {
    let all = status(&world.views).await.unwrap();
    assert_eq!(all.len(), Projection::ALL.len());
    all.into_iter().filter_map(|one| one.parked_position.map(|at| (one.projection, at))).collect()
}

async fn of(world: &World, projection: Projection) -> Status {
    let all = status(&world.views).await.unwrap();
    all.into_iter().find(|one| one.projection == projection.name()).unwrap()
}

async fn an_event_without_a_row_parks_its_projection(mut world: World) {
    history::people(&mut world).await;
    let started = OrderEvent::PaymentStarted { payment_id: id(1) };
    world.append::<Order>(id(7), 0, vec![started]).await;
    let poison = world.head();
    history::shelf(&mut world).await;
    world.catch_up().await;
    assert_eq!(parked(&world).await, [("orders".to_owned(), poison)]);
    let orders = of(&world, Projection::Orders).await;
    assert_eq!(orders.position, poison - 1);
    assert!(orders.error.unwrap().contains("PaymentStarted of order ord_"));
    assert_eq!(of(&world, Projection::Products).await.position, world.head());
    world.views.wait_for_one(Projection::Products, world.head(), SOON).await.unwrap();
    let behind = world.views.wait_for(world.head(), Duration::from_millis(60)).await;
    assert_eq!(behind, Err(Behind { have: poison - 1 }));

    resume(&world.views, Projection::Orders).await.unwrap();
    assert_eq!(parked(&world).await, []);
    world.catch_up().await;
    assert_eq!(parked(&world).await, [("orders".to_owned(), poison)]);

    let (views, feed, vault) = (&world.views, &world.feed, &world.vault);
    let error = projections::rebuild(views, feed, vault, Projection::Orders, |_| {}).await.unwrap_err();
    assert!(matches!(error, ViewsError::Parked { position, .. } if position == poison), "{error}");
    assert_eq!(of(&world, Projection::Orders).await.generation, 1);
}

async fn an_event_nobody_can_read_parks_who_would_read_it(mut world: World) {
    history::shelf(&mut world).await;
    let poison = world.head() + 1;
    let mut log = sqlx::SqliteConnection::connect(&format!("sqlite:{}", world.log_path)).await.unwrap();
    let insert = "insert into events select position + 1, aggregate_type, aggregate_id, sequence + 1, 'Nonsense', \
                  event_version, '{\"Nonsense\":{}}', metadata, event_id, command_id, recorded_at, leaf \
                  from events order by position desc limit 1";
    sqlx::query(insert).execute(&mut log).await.unwrap();
    // The event after it is good, and of a stream that others read.
    let insert = insert.replace("aggregate_type, aggregate_id, sequence + 1", "'customer', 'cus_00000000-0000-0000-0000-000000000009', 1").replace(
        "'{\"Nonsense\":{}}'",
        "'{\"CustomerRegistered\":{\"customer_id\":\"cus_00000000-0000-0000-0000-000000000009\",\"profile\":\"\",\"roles\":[]}}'",
    );
    sqlx::query(&insert).execute(&mut log).await.unwrap();
    world.catch_up().await;
    assert_eq!(parked(&world).await, [("products".to_owned(), poison)]);
    assert_eq!(of(&world, Projection::Products).await.position, poison - 1);
    assert_eq!(of(&world, Projection::Users).await.position, poison + 1);
    let forgotten = projections::users::find(&world.views, id(9)).await.unwrap().unwrap();
    assert_eq!((forgotten.email, forgotten.position), (None, poison + 1));
    assert!(products::find(&world.views, history::products()[0]).await.unwrap().is_some());
}

async fn a_row_the_database_refuses_parks_its_projection(mut world: World) {
    let line = Line {
        line_id: id(1),
        product_id: id(1),
        seller_id: id(2),
        name: "x".to_owned(),
        quantity: 1,
        unit_price: domain::Money::krw(5),
        amount: domain::Money::krw(5),
    };
    let order = |number: u128| -> OrderId { id(number) };
    for number in 1..=2 {
        world
            .append::<Order>(order(number), 0, vec![history::placed(order(number), vec![line.clone()])])
            .await;
    }
    world.append::<Product>(id(3), 0, vec![history::reserved(order(1), 1)]).await;
    world.catch_up().await;
    // The same line twice is refused; a product that was never listed has no row.
    let expected = [("orders".to_owned(), 2), ("products".to_owned(), 3)];
    assert_eq!(parked(&world).await, expected);
    assert!(orders::find(&world.views, order(1)).await.unwrap().is_some());
    assert_eq!(orders::find(&world.views, order(2)).await.unwrap(), None);
    assert_eq!(order(1).uuid().as_u128(), 1);
    assert_eq!(of(&world, Projection::Timeline).await.position, 3);
}
