// Every page of the console, and who sees it; `furnish` says of what.
export const PAGES = ({ ids }) => [
  { who: undefined, pages: [["login", "/login"], ["signup", "/signup"], ["shop", "/shop"], ["product", `/shop/products/${ids.product}`], ["nowhere", "/nowhere"]] },
  {
    who: "buyer",
    pages: [
      ["cart", "/shop/cart"], ["checkout", "/shop/checkout"], ["pay", `/my/pay/${ids.unpaid}`], ["orders", "/my/orders"], ["order", `/my/orders/${ids.delivered}`],
      ["returned-paid", `/my/payments/${ids.payment}`], ["returned-deposit", `/my/payments/${ids.deposit}`], ["returned-failed", `/my/payments/${ids.failed}`],
    ],
  },
  { who: "seller", pages: [["sell-overview", "/sell/overview"], ["sell-orders", "/sell/orders"], ["sell-order", `/sell/orders/${ids.paid}`], ["sell-products", "/sell/products"], ["sell-product", `/sell/products/${ids.product}`], ["sell-new", "/sell/products/new"]] },
  { who: "operator", pages: [["operate-orders", "/operate/orders"], ["operate-order", `/operate/orders/${ids.delivered}`], ["operate-payment", `/operate/payments/${ids.payment}`], ["operate-stuck", "/operate/stuck"], ["operate-webhooks", "/operate/webhooks"]] },
  { who: "auditor", pages: [["books-trial-balance", "/books/trial-balance"], ["books-account", "/books/accounts/2200"], ["books-journal", "/books/journal"], ["books-events", "/books/events"], ["books-chain", "/books/chain"]] },
];

/** Goes to a page and waits until it shows what it was asked for. */
export async function visit(page, path) {
  await page.goto(path);
  await page.locator("main h1").first().waitFor();
  await page.waitForFunction(() => document.querySelector(".skeleton") === null);
}

export async function fillCart(page, productId, quantity = 2) {
  const cart = JSON.stringify({ key: `test-${Math.random()}`, lines: [{ productId, quantity }] });
  await page.evaluate((kept) => localStorage.setItem("escrow.cart", kept), cart);
}

/** Markup of every kind: wherever it is typed, it is to be seen and not to happen. */
export const MARKUP = `<img src=x onerror="alert(1)"><script>alert(2)</script>"'>{{7*7}}`;

export async function fillAddress(page, { recipient = "홍길동" } = {}) {
  const fill = (name, value) => page.locator(`input[autocomplete=${name}]`).fill(value);
  await fill("name", recipient);
  await fill("tel", "010-1234-5678");
  await fill("postal-code", "04524");
  await fill("address-line1", `세종대로 110 ${MARKUP}`);
  await fill("address-line2", MARKUP);
}
