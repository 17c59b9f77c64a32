//! `GET /products/{product_id}`

use axum::extract::State;
use domain::id::ProductId;
use projections::{
    Projection,
    products::{self, Product},
};

use crate::{
    answer::Shown,
    extract::{AtLeast, MinPosition, PathId},
    input::ProductIdShape,
    problem::{Kind, PageProblems, Problem},
    services::Services,
};

/// One product.
#[utoipa::path(
    get, path = "/products/{product_id}", tag = "products",
    params(("product_id" = inline(ProductIdShape), Path, description = "The product"), MinPosition),
    responses((status = OK, description = "The product", body = Product), PageProblems),
)]
pub async fn show(
    State(services): State<Services>,
    PathId(product_id): PathId<ProductId>,
    at_least: AtLeast,
) -> Result<Shown<Product>, Problem> {
    let views = services.views_at(Projection::Products, at_least).await?;
    let product = products::find(views, product_id).await?;
    let product = product.ok_or_else(|| Problem::plain(Kind::UnknownProduct))?;
    Ok(Shown { version: product.version, body: product })
}
