// The sandbox's stand-in for PortOne's browser SDK. On a desktop the pay window opens over the shop's page and the
// promise is kept; on a phone, or with forceRedirect, it takes the page's place and the answer comes with redirectUrl.
(function () {
  "use strict";
  var origin = new URL(document.currentScript.src).origin;
  var flat = [
    "storeId", "channelKey", "orderName", "totalAmount", "taxFreeAmount", "vatAmount", "currency", "payMethod", "isEscrow",
    "isManualCapture", "redirectUrl", "confirmUrl",
  ];
  function isPhone() { return /Android|iPhone|iPad|iPod|Mobile/i.test(navigator.userAgent); }
  function payUrl(request, leaves) {
    var url = new URL("/pay/" + encodeURIComponent(request.paymentId), origin);
    flat.forEach(function (name) {
      if (request[name] !== undefined && request[name] !== null) url.searchParams.append(name, String(request[name]));
    });
    (request.noticeUrls || []).forEach(function (notice) { url.searchParams.append("noticeUrls", notice); });
    var customer = request.customer || {};
    ["customerId", "fullName", "email", "phoneNumber"].forEach(function (name) {
      if (customer[name]) url.searchParams.append(name, customer[name]);
    });
    if (request.customData) url.searchParams.append("customData", JSON.stringify(request.customData));
    var expiry = (request.virtualAccount || {}).accountExpiry || {};
    if (expiry.dueDate) url.searchParams.append("dueDate", expiry.dueDate);
    if (isPhone()) url.searchParams.append("mobile", "true");
    if (!leaves) url.searchParams.append("embedded", "true");
    else if (!request.redirectUrl) url.searchParams.append("redirectUrl", window.location.href);
    return url.toString();
  }
  function overlay(url, done) {
    var frame = document.createElement("iframe");
    frame.src = url;
    frame.title = "결제창";
    frame.style.cssText = "position:fixed;inset:0;width:100%;height:100%;border:0;z-index:2147483647;background:#eef1f5";
    function hear(event) {
      if (event.source !== frame.contentWindow || event.origin !== origin) return;
      window.removeEventListener("message", hear);
      frame.remove();
      done(event.data);
    }
    window.addEventListener("message", hear);
    document.body.appendChild(frame);
  }
  window.PortOne = {
    requestPayment: function (request) {
      if (!request || !request.paymentId) return Promise.reject(new Error("paymentId is missing"));
      if (request.forceRedirect || isPhone()) {
        window.location.assign(payUrl(request, true));
        return new Promise(function () {}); // The page is left: the answer comes with the redirect.
      }
      return new Promise(function (resolve) { overlay(payUrl(request, false), resolve); });
    },
  };
})();
