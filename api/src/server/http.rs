//! The router and the loop that serves it. Few layers: each one is paid by every request.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, Method, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
    serve::ListenerExt,
};
use tokio::{net::TcpListener, sync::watch};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_swagger_ui::SwaggerUi;

use crate::{
    openapi,
    problem::{Kind, Problem, on_panic},
    routes,
    services::Services,
};

/// All endpoints, the OpenAPI document and its page.
pub(super) fn router(services: Services) -> Router {
    let (endpoints, _) = routes::all().split_for_parts();
    let text = openapi::text();
    let document = move || {
        let text = text.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], text).into_response() }
    };
    let docs = SwaggerUi::new("/docs").config(utoipa_swagger_ui::Config::from("/openapi.json"));
    endpoints
        .route("/openapi.json", get(document))
        .fallback(page)
        .with_state(services)
        .merge(docs)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(CatchPanicLayer::custom(on_panic))
}

async fn page(State(services): State<Services>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    services.console.answer(&method, &uri, &headers).unwrap_or_else(|| unknown_path(&uri))
}

fn unknown_path(uri: &Uri) -> Response {
    Problem::new(Kind::UnknownPath, format!("there is nothing at {}", uri.path())).into_response()
}

async fn method_not_allowed() -> Response {
    Problem::plain(Kind::MethodNotAllowed).into_response()
}

/// Serves until stopped, and lets requests under way finish.
pub(super) async fn serve(listener: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) {
    // Small answers must not wait for more to come.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let stop = async move { drop(stopped.wait_for(|stopped| *stopped).await) };
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop).await {
        tracing::error!(%error, "the server ended");
    }
}
