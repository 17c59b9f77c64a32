//! Serves a router on a listener, and can do what a well-behaved server never does: cut the connection instead of
//! answering.

use std::{convert::Infallible, sync::Arc};

use axum::{Router, body::Body, extract::Request, response::Response};
use hyper::service::Service as _;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use thiserror::Error;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
};

/// How many connections are open at once.
const MAX_CONNECTIONS: usize = 4_096;

/// Marks an answer that shall not be given: the connection is cut.
#[derive(Debug, Clone, Copy)]
pub struct Cut;

#[derive(Debug, Error)]
#[error("cut on purpose")]
struct CutOnPurpose;

/// An answer that cuts the connection.
pub fn cut() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Cut);
    response
}

/// Serves until stopped; then drops what is open.
pub async fn serve(listener: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let place = Arc::clone(&places).acquire_owned().await;
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => break,
            accepted = listener.accept() => {
                // A connection that was gone before it was taken is nobody's loss.
                if let (Ok((stream, _)), Ok(place)) = (accepted, place) {
                    let router = router.clone();
                    connections.spawn(async move {
                        talk(stream, router).await;
                        drop(place);
                    });
                }
            }
        }
        while connections.try_join_next().is_some() {}
    }
    connections.shutdown().await;
}

async fn talk(stream: TcpStream, router: Router) {
    // Small answers shall not wait for more.
    drop(stream.set_nodelay(true));
    let inner = TowerToHyperService::new(router);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let answer = inner.call(request.map(Body::new) as Request);
        async move {
            let response = match answer.await {
                Ok(response) => response,
                Err(never) => {
                    let never: Infallible = never;
                    match never {}
                }
            };
            if response.extensions().get::<Cut>().is_some() { Err(CutOnPurpose) } else { Ok(response) }
        }
    });
    let connection =
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection ended");
    }
}
