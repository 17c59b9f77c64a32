//! A buyer's browser: it follows nobody's redirects but shows where it is sent.

use reqwest::{Client, Method, redirect::Policy};

use crate::{
    actors::Payment,
    http::{Caller, Reply},
};

const FORM: &str = "application/x-www-form-urlencoded";

/// A browser.
#[derive(Debug, Clone)]
pub struct Browser(pub(crate) Client);

impl Browser {
    /// A browser that stays where it is until it is told to go on.
    pub fn new() -> Self {
        Self(Client::builder().no_proxy().redirect(Policy::none()).build().unwrap())
    }

    /// A person opens the pay page and presses a button; the browser is not sent on yet.
    pub async fn leaves(&self, payment: &Payment, action: &str) -> Leaving {
        let pay_url = payment.pay_url.as_deref().unwrap();
        let page = Caller::nobody(self.0.clone(), "");
        page.get(pay_url).send().await.ok_page();
        let path = pay_url.split('?').next().unwrap();
        let form = page.ask(Method::POST, path).raw(format!("action={action}"));
        let sent = form.header("content-type", FORM).send().await;
        match sent.status {
            303 => Leaving { to: sent.header("location").unwrap().to_owned(), form: None },
            200 => Leaving::by_form(&sent.text()),
            other => panic!("{other}: {}", sent.text()),
        }
    }

    /// The browser goes where the pay page sent it. Nobody may answer.
    pub async fn comes_back(&self, left: &Leaving) -> Result<Reply, reqwest::Error> {
        let page = Caller::nobody(self.0.clone(), "");
        match &left.form {
            None => page.get(&left.to).try_send().await,
            Some(form) => {
                let post = page.ask(Method::POST, &left.to).raw(form.clone());
                post.header("content-type", FORM).try_send().await
            }
        }
    }
}

impl Default for Browser {
    fn default() -> Self {
        Self::new()
    }
}

/// Where a pay page sends the browser.
#[derive(Debug, Clone)]
pub struct Leaving {
    /// The address.
    pub to: String,
    /// What is posted there, if it is not just visited.
    pub form: Option<String>,
}

impl Leaving {
    pub(crate) fn by_form(page: &str) -> Self {
        let part = |text: &str, name: &str| {
            let rest = text.split(&format!("{name}=\"")).nth(1)?;
            let raw = rest.split('"').next()?;
            Some(raw.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        };
        let mut body = reqwest::Url::parse("http://form.invalid/").unwrap();
        for input in page.split("<input ").skip(1) {
            let (name, value) = (part(input, "name").unwrap(), part(input, "value").unwrap());
            body.query_pairs_mut().append_pair(&name, &value);
        }
        Self { to: part(page, "action").unwrap(), form: body.query().map(ToOwned::to_owned) }
    }
}
