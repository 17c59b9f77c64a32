//! The demo shop: four accounts and a few products. Their ids follow from their names, so putting the shop up again
//! changes nothing.

use commands::{Commands, Context, Failure, ListProduct, Refusal};
use domain::{
    Money,
    customer::Role,
    id::{CustomerId, Id, ProductId, SellerId},
    product::ProductRefusal,
};
use uuid::Uuid;

use crate::{
    auth::{Accounts, NewAccount, Person},
    input::{EmailAddress, NewPassword},
    problem::{Kind, Problem},
};

/// The namespace of the demo shop's ids (UUID v5).
const SHOP: Uuid = Uuid::from_u128(0x4d10_5e2b_93c8_4b7f_9c35_6a1e_f0d2_7743);

/// The password of all demo accounts.
pub const PASSWORD: &str = "escrow-demo";
/// The demo accounts: e-mail, username, name, phone, role.
pub const ACCOUNTS: [(&str, &str, &str, &str, Role); 4] = [
    ("buyer@demo.escrow", "demo-buyer", "구매자", "010-1000-0001", Role::Buyer),
    ("seller@demo.escrow", "demo-seller", "판매자", "010-1000-0002", Role::Seller),
    ("operator@demo.escrow", "demo-operator", "운영자", "010-1000-0003", Role::Operator),
    ("auditor@demo.escrow", "demo-auditor", "감사자", "010-1000-0004", Role::Auditor),
];
const PRODUCTS: [(&str, &str, i64, u32); 4] = [
    ("원목 의자", "참나무로 만든 등받이 의자입니다. 천연 오일로 마감했습니다.", 49_000, 40),
    ("백자 찻잔 세트", "손으로 빚은 백자 찻잔 네 개와 받침입니다.", 38_500, 25),
    ("제주 감귤 5kg", "서귀포에서 수확한 노지 감귤입니다.", 19_900, 200),
    ("울 담요", "부드러운 메리노 울로 짠 담요입니다.", 72_000, 15),
];

/// Puts the shop up.
pub async fn demo_shop(accounts: &Accounts) -> Result<(), Problem> {
    let mut seller = None;
    for (email, username, name, phone, role) in ACCOUNTS {
        let account = NewAccount {
            email: EmailAddress(email.to_owned()),
            password: NewPassword(PASSWORD.to_owned()),
            username: Some(username.to_owned()),
            person: Person { name: name.to_owned(), phone: phone.to_owned() },
            roles: vec![role],
        };
        let customer = open(accounts, account).await?;
        if role == Role::Seller {
            seller = Some(SellerId::of(customer));
        }
    }
    match seller {
        Some(seller) => list_products(&accounts.commands, seller).await,
        None => Ok(()),
    }
}

/// Hashing is slow on purpose: an account that is there is left alone without it.
async fn open(accounts: &Accounts, account: NewAccount) -> Result<CustomerId, Problem> {
    let email = account.email.0.clone();
    if let Some(customer) = accounts.registered(&email).await? {
        return Ok(customer);
    }
    match accounts.open(account).await {
        Ok(opened) => Ok(opened.customer_id),
        Err(problem) => match accounts.registered(&email).await? {
            // Another node put the same shop up.
            Some(customer) if problem.kind() == Kind::EmailTaken => Ok(customer),
            Some(_) | None => Err(problem),
        },
    }
}

async fn list_products(commands: &Commands, seller_id: SellerId) -> Result<(), Problem> {
    for (name, description, price, stock) in PRODUCTS {
        let command = ListProduct {
            product_id: ProductId::from_uuid(Uuid::new_v5(&SHOP, name.as_bytes())),
            seller_id,
            name: name.to_owned(),
            description: description.to_owned(),
            price: Money::krw(price),
            stock,
        };
        match commands.dispatch(&Context::fresh("system:demo-shop"), command).await {
            Ok(_) | Err(Failure::Refused(Refusal::Product(ProductRefusal::ProductAlreadyListed))) => {}
            Err(failure) => return Err(failure.into()),
        }
    }
    Ok(())
}
