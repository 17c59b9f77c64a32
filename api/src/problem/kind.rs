//! Every kind of problem: its code, its status, its title and what to do about it.

use axum::http::StatusCode;

macro_rules! kinds {
    ($($name:ident = $status:ident $code:literal $title:literal: $text:literal;)*) => {
        /// What kind of problem it is. Clients branch on its code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind {
            $(#[doc = $title] $name,)*
        }

        impl Kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The last part of the problem's type.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// The HTTP status.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),* }
            }

            /// The kind in words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }

            /// What it means and what to do about it.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

kinds! {
    // The request cannot be read.
    MalformedJson = BAD_REQUEST "malformed_json" "The body is not JSON":
        "The body could not be read as JSON at all. Check quotes, commas and the encoding (UTF-8).";
    InvalidPath = BAD_REQUEST "invalid_path" "The path holds something that is not an id":
        "An id is its prefix and a UUID in lower case, for example ord_018f3c1e-7a2b-7c3d-8e4f-0123456789ab.";
    InvalidQuery = BAD_REQUEST "invalid_query" "A query parameter cannot be read":
        "A parameter after the question mark has a wrong type or is out of range. The detail names it.";
    InvalidHeader = BAD_REQUEST "invalid_header" "A header cannot be read":
        "A header has a value that cannot be used. The detail names it.";
    InvalidWebhook = BAD_REQUEST "invalid_webhook" "The webhook cannot be read":
        "The webhook's headers or its body are not what the gateway's protocol says.";
    StaleWebhook = BAD_REQUEST "stale_webhook" "The webhook is too old or from the future":
        "The webhook was signed more than five minutes away from now. It was sent again by somebody, or a clock is wrong.";
    // Who asks.
    TokenMissing = UNAUTHORIZED "token_missing" "A token is needed":
        "Send Authorization: Bearer and the token that POST /auth/login gave.";
    TokenInvalid = UNAUTHORIZED "token_invalid" "The token is not valid":
        "The token is not one of ours, or was altered. Log in again.";
    TokenExpired = UNAUTHORIZED "token_expired" "The token has expired":
        "A token is good for twelve hours. Log in again.";
    WrongCredentials = UNAUTHORIZED "wrong_credentials" "E-mail or password are wrong":
        "No account has this e-mail and this password. Which of the two is wrong is not told.";
    ForgedWebhook = UNAUTHORIZED "forged_webhook" "The webhook is not signed by the gateway":
        "No signature of the webhook is by a secret of ours over these bytes.";
    ForgedReturn = UNAUTHORIZED "forged_return" "The gateway did not sign this":
        "What the browser brought back from the pay window is not signed by the gateway.";
    RoleMissing = FORBIDDEN "role_missing" "The account may not do this":
        "The operation needs a role that the account does not have. A role granted after the log-in counts from the next log-in.";
    NotYours = FORBIDDEN "not_yours" "This belongs to somebody else":
        "Buyers see and change their own orders and payments, sellers their own products and sales.";
    NotTheSeller = FORBIDDEN "not_the_seller" "Somebody else's product":
        "Only the seller of a product may change it.";
    NotASellerOfThisOrder = FORBIDDEN "not_a_seller_of_this_order" "Nothing in this order is yours":
        "The caller sells nothing in this order.";
    // What is not there.
    UnknownPath = NOT_FOUND "unknown_path" "There is nothing at this path":
        "The path is none of this server's. GET /openapi.json lists them.";
    UnknownProblem = NOT_FOUND "unknown_problem" "There is no such kind of problem":
        "The code is none of this server's problems.";
    UnknownCustomer = NOT_FOUND "unknown_customer" "There is no such customer": "The id names nobody.";
    UnknownSeller = NOT_FOUND "unknown_seller" "There is no such seller": "The id names nobody who sells.";
    UnknownProduct = NOT_FOUND "unknown_product" "There is no such product": "The id names nothing on sale.";
    UnknownOrder = NOT_FOUND "unknown_order" "There is no such order": "The id names no order.";
    UnknownPayment = NOT_FOUND "unknown_payment" "There is no such payment": "The id names no payment.";
    UnknownRefund = NOT_FOUND "unknown_refund" "There is no such refund": "The id names no refund of this payment.";
    UnknownShipment = NOT_FOUND "unknown_shipment" "There is no such shipment": "The id names no parcel.";
    UnknownAccount = NOT_FOUND "unknown_account" "There is no such account":
        "Nothing was ever posted to an account of this name. Names are as in the journal, for example 2100/esc_….";
    UnknownAggregate = NOT_FOUND "unknown_aggregate" "There is no such aggregate, or there was none then":
        "The type or the id names nothing, or the aggregate begins later than the moment asked for: then `first_position` says where.";
    NoSuchMoment = NOT_FOUND "no_such_moment" "There is no such moment":
        "The log has not come to the position asked for (`head` says how far it is), or the later of two moments is before the earlier.";
    NotSealed = NOT_FOUND "not_sealed" "The log is not sealed so far":
        "What was asked for is not in the sealed tree. `sealed` says how many events are; what was appended a moment ago is sealed within seconds.";
    UnknownWebhook = NOT_FOUND "unknown_webhook" "There is no such webhook": "The id names nothing in the inbox.";
    UnknownGateway = NOT_FOUND "unknown_gateway" "There is no such gateway":
        "No gateway of this name is set up here.";
    MethodNotAllowed = METHOD_NOT_ALLOWED "method_not_allowed" "The path does not take this method":
        "The Allow header lists the methods that the path takes.";
    // The state says no.
    AlreadyRegistered = CONFLICT "already_registered" "The customer is registered already":
        "An account of this id exists.";
    EmailTaken = CONFLICT "email_taken" "The e-mail is taken": "An account with this e-mail exists. Log in instead.";
    UsernameTaken = CONFLICT "username_taken" "The username is taken": "Choose another username.";
    SellerAlreadyRegistered = CONFLICT "seller_already_registered" "The seller is registered already":
        "The seller exists.";
    SellerNotActive = CONFLICT "seller_not_active" "The seller is not taking orders":
        "The seller's account does not sell at present.";
    ProductAlreadyListed = CONFLICT "product_already_listed" "The product is listed already":
        "A product of this id is on sale.";
    CurrencyFixed = CONFLICT "currency_fixed" "The currency of a product cannot change":
        "List another product to sell in another currency.";
    OutOfStock = CONFLICT "out_of_stock" "Not enough units are left":
        "Fewer units can be ordered than were asked for. `left` says how many. Units of unpaid orders return when their window ends.";
    AlreadyReserved = CONFLICT "already_reserved" "Another number of units is reserved":
        "The order holds units of the product already. `quantity` says how many.";
    NotReserved = CONFLICT "not_reserved" "Nothing is reserved for the order":
        "The order holds no units of the product.";
    StockTooLarge = CONFLICT "stock_too_large" "The stock would be too large":
        "A stock of more than 4294967295 units cannot be kept.";
    OrderAlreadyExists = CONFLICT "order_already_exists" "The order exists already": "An order of this id exists.";
    BuyerIsSeller = CONFLICT "buyer_is_seller" "Nobody buys from themselves":
        "A line of the order is sold by the buyer.";
    PriceChanged = CONFLICT "price_changed" "The price is another one":
        "The price named is not the price now. `actual` says what it is; ask again with that if it is right.";
    NotPaid = CONFLICT "not_paid" "The order is not paid": "The order has to be paid first.";
    AlreadyPaid = CONFLICT "already_paid" "The order is paid already":
        "Another attempt paid the order. `payment_id` says which.";
    WindowStillOpen = CONFLICT "window_still_open" "The payment window has not ended":
        "The order can still be paid.";
    ApprovalUnderWay = CONFLICT "approval_under_way" "A payment is being approved":
        "The gateway is capturing a payment of this order. Ask again in a moment.";
    AmountDiffers = CONFLICT "amount_differs" "Another amount is to be paid":
        "The gateway is about to capture another amount than is to be paid.";
    DepositIsThere = CONFLICT "deposit_is_there" "The deposit was not taken back": "There is nothing to give up.";
    RefusedAtGateway = CONFLICT "refused_at_gateway" "The buyer refused the purchase at the gateway":
        "The buyer refused the purchase on the gateway's page. The money is not released; it can be refunded.";
    WindowHasEnded = CONFLICT "window_has_ended" "The payment window has ended":
        "The time to pay is over. Order again.";
    OrderHasExpired = CONFLICT "order_has_expired" "The order has expired":
        "Nobody paid in time and the stock is on sale again. Order again.";
    OrderIsCancelled = CONFLICT "order_is_cancelled" "The order is cancelled":
        "The order is cancelled, or being cancelled.";
    NotCancelling = CONFLICT "not_cancelling" "The order is not being cancelled":
        "There is no cancellation to end.";
    AlreadyShipped = CONFLICT "already_shipped" "Goods are with a carrier":
        "An order of which something is shipped can be returned, not cancelled.";
    UnknownClaim = NOT_FOUND "unknown_claim" "There is no such claim": "The id names nothing.";
    ClaimAlreadyExists = CONFLICT "claim_already_exists" "The claim exists already":
        "The id is taken. Use a fresh one, or ask again under the same Idempotency-Key.";
    ClaimIsDecided = CONFLICT "claim_is_decided" "The claim is decided or over":
        "Nothing can be changed about it any more. GET /claims/{claim_id} says what came of it.";
    GoodsNotReceived = CONFLICT "goods_not_received" "The goods have not come back":
        "A claim is decided once the seller has the goods.";
    GoodsAreBack = CONFLICT "goods_are_back" "The goods are on their way or back":
        "The buyer does not have the goods any more; the claim can only be decided.";
    NotWithheld = CONFLICT "not_withheld" "Nothing is withheld":
        "There is no extra charge that could be accepted.";
    NoGoodsToSend = CONFLICT "no_goods_to_send" "No other goods are to be sent":
        "Only an exchange that was approved sends other goods, once.";
    TooLate = CONFLICT "too_late" "The time for it has passed":
        "The deadline decides now: a claim that nobody decided in time is approved.";
    DeductionTooLarge = CONFLICT "deduction_too_large" "More than the goods are worth":
        "No more can be taken of the buyer's money than the goods are worth.";
    SellerAtFault = CONFLICT "seller_at_fault" "The seller is at fault":
        "The seller bears the cost of what is the seller's fault; the buyer gets the whole amount.";
    ExtraPaymentNeeded = CONFLICT "extra_payment_needed" "The other goods cost more":
        "An exchange is for goods of the same price or less. Return these and order the others.";
    NotExchangeable = CONFLICT "not_exchangeable" "These cannot be exchanged for those":
        "One line is exchanged for goods of the same seller and currency.";
    NotALine = NOT_FOUND "not_a_line" "There is no such line":
        "The id names no line of this order, or of this seller's part of it.";
    LineRepeated = CONFLICT "line_repeated" "A line is named twice":
        "Name each line once, with the whole quantity.";
    LineIsOver = CONFLICT "line_is_over" "Nothing of the line is left":
        "All units of the line were given up or returned.";
    LineConfirmed = CONFLICT "line_confirmed" "The line is confirmed":
        "The goods were accepted and their money is released. They can be returned within the legal period.";
    QuantityExceedsLine = CONFLICT "quantity_exceeds_line" "More units than there are":
        "The problem says how many units of the line there are to be had.";
    ContestIsOpen = CONFLICT "contest_is_open" "A claim or a dispute is open":
        "The problem names it. Until it comes to an end the line is neither confirmed nor shipped, and its money stays locked.";
    HeldBackAlready = CONFLICT "held_back_already" "The confirmation was held back already":
        "A line's confirmation can be held back once.";
    HoldTooLong = UNPROCESSABLE_ENTITY "hold_too_long" "Not so many days":
        "A confirmation can be held back for 1 to 14 days.";
    ReturnPeriodEnded = CONFLICT "return_period_ended" "The period for returning has ended":
        "Goods are given back within 7 days of their arrival, defective or wrong ones within 90.";
    RefundUnderWay = CONFLICT "refund_under_way" "The refund is under way at the gateway":
        "Only a refund that the gateway refused is paid by bank; this one may still arrive by itself.";
    ExceedsReleased = CONFLICT "exceeds_released" "More than was released":
        "More was to be taken back than was released to the seller.";
    AlreadyConfirmed = CONFLICT "already_confirmed" "The order is confirmed":
        "The goods were confirmed and the money has gone to the seller.";
    NotShipped = CONFLICT "not_shipped" "Nothing can be confirmed yet":
        "Nothing of the order has been shipped that is not confirmed.";
    NotDelivered = CONFLICT "not_delivered" "Not everything has been delivered":
        "A parcel is still under way.";
    NotDueYet = CONFLICT "not_due_yet" "The confirmation period has not ended":
        "The clock confirms when the period ends; the buyer may at any time.";
    UnknownAttempt = CONFLICT "unknown_attempt" "The order knows no such attempt":
        "The payment was never begun for this order.";
    ShipmentAlreadyExists = CONFLICT "shipment_already_exists" "The shipment exists already":
        "Another parcel has this id.";
    NothingToShip = CONFLICT "nothing_to_ship" "Everything has been shipped":
        "No unit of the seller's is left to ship in this order.";
    UnknownLine = CONFLICT "unknown_line" "The line has nothing left to ship":
        "The line is not the seller's, or all its units are with a carrier.";
    QuantityExceedsUnshipped = CONFLICT "quantity_exceeds_unshipped" "More than is left to ship":
        "Fewer units of the line are left to ship than were named.";
    PaymentAlreadyExists = CONFLICT "payment_already_exists" "The payment exists already":
        "A payment of this id exists.";
    NothingCaptured = CONFLICT "nothing_captured" "Nothing has been paid":
        "The payment brought no money, so none can go back.";
    AlreadyCaptured = CONFLICT "already_captured" "The payment is captured already":
        "The money is here. It can be refunded, not cancelled.";
    CaptureDiffers = CONFLICT "capture_differs" "The capture is not what was asked for":
        "Another amount or another custody was captured than was asked for.";
    RefundAmountFixed = CONFLICT "refund_amount_fixed" "The refund is of another amount":
        "A refund that the gateway refused is asked for anew with the same amount. `fixed` says which.";
    PaymentIsOver = CONFLICT "payment_is_over" "The payment is over": "Start another payment for the order.";
    DepositTakenBack = CONFLICT "deposit_taken_back" "The bank took the deposit back":
        "Nothing is shipped until the deposit is there again. The order's timeline says when it is.";
    RefundAccountMissing = CONFLICT "refund_account_missing" "The refund needs an account to go to":
        "The payment was made by virtual account, and its gateway gives a deposit back only to an account of the buyer's. Ask again with refund_account {bank, number, holder}.";
    RefundAccountNotTaken = CONFLICT "refund_account_not_taken" "The money goes back the way it came":
        "Only a payment by virtual account goes back to an account that is named. Ask again without refund_account.";
    NothingToRegister = CONFLICT "nothing_to_register" "Telling the gateway of the parcel did not fail":
        "The gateway was told of the parcel, is being told, or keeps no escrow for the order.";
    NotPaidAtGateway = CONFLICT "payment_not_paid" "The gateway does not say that it is paid":
        "The gateway was asked and does not say paid. Ask again when the buyer has paid.";
    PaymentQuarantined = CONFLICT "payment_quarantined" "The payment is not as it was asked for":
        "Money was captured that does not fit the order. It is kept apart and goes back.";
    ExceedsRefundable = CONFLICT "exceeds_refundable" "More than can be refunded":
        "Less can be refunded than was asked for. `refundable` says how much.";
    NotFunded = CONFLICT "not_funded" "No money is held": "The hold was never funded.";
    AlreadyFunded = CONFLICT "already_funded" "The hold is funded already": "The hold was funded before.";
    HoldClosed = CONFLICT "hold_closed" "The hold is closed": "Everything has left the hold.";
    ExceedsHold = CONFLICT "exceeds_hold" "More than the hold can move":
        "Less may move out of the hold than was asked for. `movable` says how much.";
    SplitDiffers = CONFLICT "split_differs" "The parts do not sum to the whole":
        "Commission, tax and net do not make up what is released.";
    ExceedsLock = CONFLICT "exceeds_lock" "More than is locked": "Less is locked than was to be unlocked.";
    Refused = CONFLICT "refused" "The state does not allow it": "The detail says why.";
    VersionChanged = PRECONDITION_FAILED "version_changed" "It changed since it was read":
        "The version in If-Match is not the version now. Read again, and decide again.";
    // The request is too much, or of the wrong form.
    BodyTooLarge = PAYLOAD_TOO_LARGE "body_too_large" "The body is too large":
        "No operation takes a body of more than 64 KiB.";
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE "unsupported_media_type" "The body is not declared as JSON":
        "Send Content-Type: application/json.";
    InvalidBody = UNPROCESSABLE_ENTITY "invalid_body" "The body breaks a rule":
        "A member is missing, unknown, of the wrong type or out of range. `pointer` says where, the detail says what.";
    KeyReused = UNPROCESSABLE_ENTITY "idempotency_key_reused" "The key was used for something else":
        "An Idempotency-Key belongs to one request for ever. Take a new key for a new request.";
    NoLines = UNPROCESSABLE_ENTITY "no_lines" "An order needs a line": "Name at least one product.";
    ProductTwice = UNPROCESSABLE_ENTITY "product_twice" "A product may stand in one line only":
        "Name each product once and say how many.";
    ProductRepeated = UNPROCESSABLE_ENTITY "product_repeated" "A product may stand in one line only":
        "Name each product once and say how many.";
    MixedCurrencies = UNPROCESSABLE_ENTITY "mixed_currencies" "One order, one currency":
        "All lines of an order must be of one currency.";
    PriceNotPositive = UNPROCESSABLE_ENTITY "price_not_positive" "A price must be more than nothing":
        "Prices are whole minor units, at least 1.";
    QuantityNotPositive = UNPROCESSABLE_ENTITY "quantity_not_positive" "A quantity must be at least one":
        "Quantities are whole numbers, at least 1.";
    AmountNotPositive = UNPROCESSABLE_ENTITY "amount_not_positive" "An amount must be more than nothing":
        "Amounts are whole minor units, at least 1.";
    UnknownBank = UNPROCESSABLE_ENTITY "unknown_bank" "No bank has this code":
        "Banks are named by the three digits that Korean banks give each other. `banks` lists those that are known.";
    AmountImpossible = UNPROCESSABLE_ENTITY "amount_impossible" "The amount cannot be kept":
        "The sum does not fit 64 bits, or is of another currency.";
    InvoiceMissing = UNPROCESSABLE_ENTITY "invoice_missing" "A parcel needs a carrier and a number":
        "Name the carrier and its number for the parcel.";
    DateOutOfRange = UNPROCESSABLE_ENTITY "date_out_of_range" "The date is out of range":
        "The date lies outside the calendar.";
    PartyMismatch = CONFLICT "party_mismatch" "Buyer or seller are others":
        "`buyer` or `seller` was named and is not the order's. Leave them out, or name the right ones.";
    // We cannot, now.
    Overloaded = SERVICE_UNAVAILABLE "overloaded" "Too much at once":
        "The server has more to do than it takes on. Ask again after a second, with the same Idempotency-Key.";
    Unavailable = SERVICE_UNAVAILABLE "unavailable" "Something the server needs does not answer":
        "The database or the gateway does not answer. What was acknowledged is safe. Ask again, with the same Idempotency-Key.";
    NotReady = SERVICE_UNAVAILABLE "not_ready" "The server is not ready": "`reasons` says what it waits for.";
    ViewBehind = GATEWAY_TIMEOUT "view_behind" "The view has not come that far":
        "The view did not reach `min_position` in time. Ask again.";
    LogBroken = INTERNAL_SERVER_ERROR "log_broken" "The log is not what was written":
        "A hash does not hold. `position` is the first bad one. Stop, and compare with a backup.";
    Fault = INTERNAL_SERVER_ERROR "fault" "The server is at fault":
        "Something went wrong that should not. It was logged. Nothing was changed that was not acknowledged.";
}

impl Kind {
    /// Whether the same request may do better in a moment.
    pub const fn is_worth_a_retry(self) -> bool {
        matches!(self.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT)
    }

    /// What a 401 asks for, as `WWW-Authenticate` says it.
    pub fn challenge(self) -> Option<&'static str> {
        if self.status() != StatusCode::UNAUTHORIZED {
            return None;
        }
        let has_token = matches!(self, Self::TokenInvalid | Self::TokenExpired);
        Some(if has_token {
            r#"Bearer realm="escrow", error="invalid_token""#
        } else {
            r#"Bearer realm="escrow""#
        })
    }

    /// The kind of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}
