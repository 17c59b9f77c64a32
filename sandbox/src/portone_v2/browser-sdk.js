// The sandbox's stand-in for PortOne's browser SDK: opens the sandbox's pay window by leaving the shop's page.
(function () {
  "use strict";
  var origin = new URL(document.currentScript.src).origin;
  var flat = [
    "storeId", "channelKey", "orderName", "totalAmount", "taxFreeAmount", "currency", "payMethod", "isEscrow", "redirectUrl",
  ];
  function payUrl(request) {
    var url = new URL("/pay/" + encodeURIComponent(request.paymentId), origin);
    flat.forEach(function (name) {
      if (request[name] !== undefined && request[name] !== null) url.searchParams.append(name, String(request[name]));
    });
    (request.noticeUrls || []).forEach(function (notice) { url.searchParams.append("noticeUrls", notice); });
    var customer = request.customer || {};
    ["customerId", "fullName", "email", "phoneNumber"].forEach(function (name) {
      if (customer[name]) url.searchParams.append(name, customer[name]);
    });
    var expiry = (request.virtualAccount || {}).accountExpiry || {};
    if (expiry.dueDate) url.searchParams.append("dueDate", expiry.dueDate);
    if (!request.redirectUrl) url.searchParams.append("redirectUrl", window.location.href);
    return url.toString();
  }
  window.PortOne = {
    requestPayment: function (request) {
      if (!request || !request.paymentId) return Promise.reject(new Error("paymentId is missing"));
      window.location.assign(payUrl(request));
      return new Promise(function () {}); // As on a phone: the answer comes with the redirect.
    },
  };
})();
