//! Who asks, by their token, and in which role the operation lets them.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{header, request::Parts},
};
use commands::Caller;
use domain::{
    customer::Role,
    id::{CustomerId, SellerId},
    order::Terms,
};

use crate::{
    auth::Tokens,
    problem::{Kind, Problem},
};

/// Who asks, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who.
    pub customer_id: CustomerId,
    /// In which roles.
    pub roles: Vec<Role>,
}

impl Identity {
    /// Whether they have a role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether they may see everybody's.
    pub fn sees_all(&self) -> bool {
        self.is(Role::Operator) || self.is(Role::Auditor)
    }

    /// As whom they ask about an order: its buyer, one of its sellers, else as an operator if they are one. Who has
    /// no part in it asks as a stranger and is refused by the command.
    pub fn party_to(&self, terms: Option<&Terms>) -> Caller {
        let me = self.customer_id;
        let seller = SellerId::of(me);
        let buys = terms.is_some_and(|terms| terms.buyer_id == me);
        let sells = terms.is_some_and(|terms| terms.lines.iter().any(|line| line.seller_id == seller));
        if self.is(Role::Buyer) && buys {
            Caller::Buyer(me)
        } else if self.is(Role::Seller) && sells {
            Caller::Seller(seller)
        } else if self.is(Role::Operator) {
            Caller::Operator(me)
        } else if self.is(Role::Seller) {
            Caller::Seller(seller)
        } else {
            Caller::Buyer(me)
        }
    }
}

macro_rules! allowed {
    ($(#[$doc:meta])* $name:ident: $($role:ident)|+) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(pub Identity);

        impl<S> FromRequestParts<S> for $name
        where
            S: Send + Sync,
            Tokens: FromRef<S>,
        {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
                let identity = identify(parts, &Tokens::from_ref(state))?;
                let roles = [$(Role::$role),+];
                if roles.iter().any(|role| identity.is(*role)) {
                    return Ok(Self(identity));
                }
                let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
                let detail = format!("the operation needs the role {}", names.join(" or "));
                Err(Problem::new(Kind::RoleMissing, detail).with("roles", names))
            }
        }
    };
}

allowed!(
    /// Anybody with an account.
    AnyOne: Buyer | Seller | Operator | Auditor
);
allowed!(
    /// Who buys.
    Buyer: Buyer
);
allowed!(
    /// Who sells.
    Seller: Seller
);
allowed!(
    /// Who helps.
    Operator: Operator
);
allowed!(
    /// Who takes part in orders. An auditor changes nothing.
    Trader: Buyer | Seller | Operator
);
allowed!(
    /// Who may see everything.
    Reviewer: Operator | Auditor
);

fn identify(parts: &Parts, tokens: &Tokens) -> Result<Identity, Problem> {
    let header = parts.headers.get(header::AUTHORIZATION);
    let header = header.ok_or_else(|| Problem::plain(Kind::TokenMissing))?;
    let text = header.to_str().map_err(|_| Problem::plain(Kind::TokenInvalid))?;
    let (scheme, token) = text.split_once(' ').ok_or_else(|| Problem::plain(Kind::TokenMissing))?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Problem::plain(Kind::TokenMissing));
    }
    tokens.verify(token.trim())
}
