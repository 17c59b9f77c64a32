//! `PUT /products/{product_id}`

use axum::extract::State;
use commands::ReviseProduct;
use domain::id::{ProductId, SellerId};

use super::create::{ProductBody, ProductSaved};
use crate::{
    answer::{Telling, Told},
    extract::{AskingIfMatch, Json, PathId, Seller},
    input::ProductIdShape,
    problem::{CommandProblems, Problem},
    services::Services,
};

/// Says anew what a product is. With `If-Match` only if nobody changed it since.
#[utoipa::path(
    put, path = "/products/{product_id}", tag = "products", security(("token" = [])),
    params(("product_id" = inline(ProductIdShape), Path, description = "The product")),
    request_body = ProductBody,
    responses((status = OK, description = "The product is as said", body = Told<ProductSaved>), CommandProblems),
)]
pub async fn revise(
    State(services): State<Services>,
    Seller(seller): Seller,
    PathId(product_id): PathId<ProductId>,
    asking: AskingIfMatch,
    body: Json<ProductBody>,
) -> Result<Telling<ProductSaved>, Problem> {
    let ProductBody { name, description, price, stock } = body.value;
    let command = ReviseProduct {
        product_id,
        seller_id: SellerId::of(seller.customer_id),
        name: name.0,
        description: description.0,
        price: price.into(),
        stock: stock.as_u32(),
        expected_version: asking.expected_version,
    };
    let done =
        services.commands.dispatch(&asking.asking.context(seller.customer_id, &body.raw), command).await?;
    let saved = ProductSaved { product_id: done.answer.product_id };
    Ok(Telling::done(&done, "the product is changed", saved))
}
