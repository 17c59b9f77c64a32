//! `GET /products`

use axum::{extract::State, http::StatusCode, response::Response};
use domain::id::SellerId;
use projections::{
    Page, Projection,
    products::{self, Product, ProductFilter},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::shapes::Paging;
use crate::{
    answer,
    extract::{AtLeast, MinPosition, Query},
    input::{SellerIdShape, Text},
    problem::{PageProblems, Problem},
    services::Services,
};

/// Which products.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// Whose name contains this.
    #[param(inline)]
    search: Option<Text<1, 100>>,
    /// Of this seller.
    #[param(inline, value_type = Option<SellerIdShape>)]
    seller: Option<SellerId>,
}

/// Products, newest first.
#[utoipa::path(
    get, path = "/products", tag = "products",
    params(Search, Paging, MinPosition),
    responses((status = OK, description = "A page of products", body = Page<Product>), PageProblems),
)]
pub async fn list(
    State(services): State<Services>,
    Query(search): Query<Search>,
    Query(paging): Query<Paging>,
    at_least: AtLeast,
) -> Result<Response, Problem> {
    let page = paging.request()?;
    let filter = ProductFilter { search: search.search.map(|text| text.0), seller: search.seller };
    let views = services.views_at(Projection::Products, at_least).await?;
    Ok(answer::json(StatusCode::OK, &products::list(views, &filter, page).await?))
}
