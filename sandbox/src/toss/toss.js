// The sandbox's stand-in for Toss Payments' scripts, versions 1 and 2: opens the sandbox's pay window by leaving the
// shop's page, as on a phone.
(function () {
  "use strict";
  var origin = new URL(document.currentScript.src).origin;
  var flat = [
    "taxFreeAmount", "orderName", "successUrl", "failUrl", "customerName", "customerEmail", "customerMobilePhone",
    "useEscrow", "validHours", "dueDate", "bank",
  ];
  function refuse(code, message) {
    var error = new Error(message);
    error.code = code;
    return Promise.reject(error);
  }
  function open(clientKey, method, request) {
    if (!request || !request.orderId) return refuse("INVALID_ORDER_ID", "orderId is missing");
    if (!request.successUrl || !request.failUrl) return refuse("INVALID_SUCCESS_URL", "successUrl or failUrl is missing");
    var amount = request.amount;
    var url = new URL("/pay/" + encodeURIComponent(request.orderId), origin);
    var put = function (name, value) {
      if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
    };
    put("clientKey", clientKey);
    put("method", method);
    put("amount", amount && typeof amount === "object" ? amount.value : amount);
    put("currency", amount && typeof amount === "object" ? amount.currency : request.currency);
    // Version 2 puts the method's own arguments into an object of their own.
    var own = request.virtualAccount || request.transfer || request.card || {};
    flat.forEach(function (name) { put(name, request[name] === undefined ? own[name] : request[name]); });
    if (/Android|iPhone|iPad|Mobile/.test(navigator.userAgent)) put("mobile", "true");
    window.location.assign(url.toString());
    return new Promise(function () {}); // The answer comes with the redirect.
  }
  function TossPayments(clientKey) {
    return {
      requestPayment: function (method, request) { return open(clientKey, method, request); },
      payment: function () {
        return { requestPayment: function (request) { return open(clientKey, request && request.method, request); } };
      },
    };
  }
  TossPayments.ANONYMOUS = "@@ANONYMOUS";
  window.TossPayments = TossPayments;
})();
