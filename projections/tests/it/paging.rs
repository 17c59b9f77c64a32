//! Lists, page by page: every row once, whatever the filter.

use domain::{
    Money,
    id::OrderId,
    order::{Line, Order},
    product::{Product, ProductEvent},
};
use projections::{
    Page, PageRequest,
    orders::{self, OrderFilter},
    products::{self, ProductFilter},
};

use crate::{
    history,
    world::{World, id, on_every_database},
};

on_every_database!(products_are_searched_and_paged, orders_are_listed_for_whoever_may_see_them);

const COUNT: u128 = 7;

async fn products_are_searched_and_paged(mut world: World) {
    for number in 0..COUNT {
        let listed = ProductEvent::ProductListed {
            product_id: id(number),
            seller_id: history::sellers()[usize::from(number % 3 == 0)],
            name: format!("Tea {}%_{number} ÉTÉ", if number % 2 == 0 { "A" } else { "B" }),
            description: String::new(),
            price: Money::krw(1),
            stock: 1,
        };
        world.append::<Product>(id(number), 0, vec![listed]).await;
    }
    world.catch_up().await;
    let all = ProductFilter::default();
    assert_eq!(walk(&world, &all).await, [7, 6, 5, 4, 3, 2, 1]);
    let search = |text: &str| ProductFilter { search: Some(text.to_owned()), seller: None };
    assert_eq!(walk(&world, &search("tea a")).await, [7, 5, 3, 1]);
    assert_eq!(walk(&world, &search("%_6 été")).await, [7]);
    assert_eq!(walk(&world, &search("_%")).await, Vec::<i64>::new());
    let seller = ProductFilter { search: None, seller: Some(history::sellers()[1]) };
    assert_eq!(walk(&world, &seller).await, [7, 4, 1]);
}

async fn walk(world: &World, filter: &ProductFilter) -> Vec<i64> {
    let (mut seen, mut cursor) = (vec![], None);
    loop {
        let request = PageRequest::new(cursor.as_deref(), Some(3)).unwrap();
        let page: Page<_> = products::list(&world.views, filter, request).await.unwrap();
        assert!(page.items.len() <= 3);
        seen.extend(page.items.iter().map(|product| product.position));
        cursor = page.next;
        if cursor.is_none() {
            return seen;
        }
    }
}

async fn orders_are_listed_for_whoever_may_see_them(mut world: World) {
    let line = |order: OrderId, which: usize| Line {
        line_id: id(domain::id::Id::uuid(&order).as_u128() * 2 + which as u128),
        product_id: id(1),
        seller_id: history::sellers()[which],
        name: "x".to_owned(),
        quantity: 1,
        unit_price: Money::krw(5),
        amount: Money::krw(5),
    };
    for number in 1..=COUNT {
        let order: OrderId = id(number);
        let lines = if number % 2 == 0 { vec![line(order, 0), line(order, 1)] } else { vec![line(order, 0)] };
        world.append::<Order>(order, 0, vec![history::placed(order, lines)]).await;
    }
    world.catch_up().await;
    let list = async |filter: OrderFilter| {
        let (mut seen, mut cursor) = (vec![], None);
        loop {
            let request = PageRequest::new(cursor.as_deref(), Some(2)).unwrap();
            let page = orders::list(&world.views, &filter, request).await.unwrap();
            seen.extend(page.items.iter().map(|order| order.position));
            cursor = page.next;
            if cursor.is_none() {
                return seen;
            }
        }
    };
    let filter = OrderFilter::default;
    assert_eq!(list(filter()).await, [7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(list(OrderFilter { buyer: Some(history::buyer()), ..filter() }).await.len(), 7);
    assert_eq!(list(OrderFilter { buyer: Some(id(99)), ..filter() }).await, Vec::<i64>::new());
    assert_eq!(list(OrderFilter { seller: Some(history::sellers()[1]), ..filter() }).await, [6, 4, 2]);
    assert_eq!(list(OrderFilter { status: Some("paid".to_owned()), ..filter() }).await, Vec::<i64>::new());
}
