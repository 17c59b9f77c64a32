//! The OpenAPI document, generated from the handlers.

mod tidy;

use utoipa::{
    Modify, OpenApi,
    openapi::{
        HeaderBuilder, ObjectBuilder, RefOr, Required,
        header::Header,
        path::{Operation, ParameterBuilder, ParameterIn, PathItem},
        schema::Type,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use crate::{problem::ProblemBody, routes};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "escrow",
        description = "An event-sourced escrow ledger: orders, payments, holds, confirmations, and the books.\n\n\
            Commands take an `Idempotency-Key`: the same key answers the same bytes for ever and refuses another body. \
            Every command answers `X-Position`; a query takes it as `min_position` and waits until it sees it. \
            Failures are problems (RFC 9457); their `code` names one of `GET /problems/{code}`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "auth", description = "Accounts and tokens"),
        (name = "users", description = "Whoever asks"),
        (name = "products", description = "What is for sale"),
        (name = "orders", description = "What was bought"),
        (name = "shipments", description = "Parcels"),
        (name = "claims", description = "Goods given back"),
        (name = "payments", description = "Money from buyers, held in escrow"),
        (name = "webhooks", description = "What gateways tell us"),
        (name = "ledger", description = "The books"),
        (name = "audit", description = "The log"),
        (name = "system", description = "The server itself"),
    ),
    components(schemas(ProblemBody<'static>)),
    modifiers(&Common),
)]
struct Document;

/// What is the same for many operations, and would only be repeated at each.
struct Common;

/// The document.
pub fn document() -> serde_json::Value {
    // A document of plain maps always serialises.
    let mut document = serde_json::to_value(generated()).unwrap_or_default();
    tidy::straighten(&mut document);
    document
}

fn generated() -> utoipa::openapi::OpenApi {
    let (_, mut document) = routes::all().split_for_parts();
    let own = Document::openapi();
    document.merge(own.clone());
    document.info = own.info;
    document.tags = own.tags;
    Common.modify(&mut document);
    document
}

/// The document as it is served and committed.
pub fn text() -> String {
    format!("{:#}\n", document())
}

impl Modify for Common {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let components = document.components.get_or_insert_default();
        components.security_schemes.insert("token".to_owned(), token.into());
        for item in document.paths.paths.values_mut() {
            let commands = [&mut item.post, &mut item.put, &mut item.delete];
            for operation in commands.into_iter().flatten() {
                if operation.security.is_some() {
                    describe_command(operation);
                }
            }
            item.get.as_mut().map(describe_query);
        }
        document.paths.paths.values_mut().for_each(name_apart);
        if let Some(revise) =
            document.paths.paths.get_mut("/products/{product_id}").and_then(|item| item.put.as_mut())
        {
            let known = "The ETag that was read: the change is made only if it is still that";
            parameter(revise, "If-Match", known, matching(r#"^"[0-9]{1,18}"$"#));
        }
    }
}

/// Handlers are called after what they do, so many have one name; an operation's id has to be its own.
fn name_apart(item: &mut PathItem) {
    let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
    for operation in all.into_iter().flatten() {
        let tag = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
        operation.operation_id = operation.operation_id.take().map(|id| format!("{tag}_{id}"));
    }
}

fn describe_command(operation: &mut Operation) {
    let key = "The same key is the same request: it happens once and answers the same bytes";
    parameter(
        operation,
        "Idempotency-Key",
        key,
        matching("^[!-~]+$").min_length(Some(1)).max_length(Some(200)),
    );
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
            response.headers.insert("X-Position".to_owned(), header("The position a query sees this at"));
            response.headers.insert("ETag".to_owned(), header("The version of what was changed"));
            response
                .headers
                .insert("Idempotency-Replayed".to_owned(), header("`true` where the key was used before"));
        }
    }
}

fn describe_query(operation: &mut Operation) {
    let name = operation.operation_id.as_deref().unwrap_or_default();
    if !matches!(name, "show" | "status") {
        return;
    }
    if let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") {
        response.headers.insert("ETag".to_owned(), header("The version of the resource"));
    }
}

fn parameter(operation: &mut Operation, name: &str, description: &str, schema: ObjectBuilder) {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .build();
    operation.parameters.get_or_insert_default().push(parameter.into());
}

fn matching(pattern: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern))
}

fn header(description: &str) -> RefOr<Header> {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .description(Some(description))
        .build()
        .into()
}
