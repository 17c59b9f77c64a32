//! `POST /products`

use axum::extract::State;
use commands::ListProduct;
use domain::id::{Id, ProductId, SellerId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    answer::{Telling, Told},
    extract::{Asking, Json, Seller},
    input::{LongText, Price, ProductIdShape, Text, Whole},
    problem::{CommandProblems, Problem},
    services::Services,
};

/// The most units of a product.
const STOCK_MAX: i64 = 1_000_000_000;
type Stock = Whole<0, STOCK_MAX>;

/// What a seller says of a product.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "원목 의자", "description": "참나무로 만든 의자", "price": {"amount": 49000, "currency": "KRW"}, "stock": 10
}))]
pub struct ProductBody {
    /// Its name.
    #[schema(inline)]
    pub name: Text<1, 200>,
    /// What the seller says of it.
    #[schema(inline)]
    pub description: LongText<4000>,
    /// Price of one unit.
    pub price: Price,
    /// Units that can be ordered; reserved ones are not counted.
    #[schema(inline)]
    pub stock: Stock,
}

/// A product that is as the seller said.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductSaved {
    /// The product.
    #[schema(value_type = ProductIdShape)]
    pub product_id: ProductId,
}

/// Puts a product on sale.
#[utoipa::path(
    post, path = "/products", tag = "products", security(("token" = [])),
    request_body = ProductBody,
    responses((status = CREATED, description = "The product is on sale", body = Told<ProductSaved>), CommandProblems),
)]
pub async fn create(
    State(services): State<Services>,
    Seller(seller): Seller,
    asking: Asking,
    body: Json<ProductBody>,
) -> Result<Telling<ProductSaved>, Problem> {
    let ProductBody { name, description, price, stock } = body.value;
    let command = ListProduct {
        product_id: ProductId::from_uuid(ambient::fresh_id()),
        seller_id: SellerId::of(seller.customer_id),
        name: name.0,
        description: description.0,
        price: price.into(),
        stock: stock.as_u32(),
    };
    let done = services.commands.dispatch(&asking.context(seller.customer_id, &body.raw), command).await?;
    let saved = ProductSaved { product_id: done.answer.product_id };
    Ok(Telling::created(&done, "the product is on sale", saved))
}
