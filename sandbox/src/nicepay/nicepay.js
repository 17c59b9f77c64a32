// The sandbox's stand-in for NicePay's script: opens the sandbox's pay window by leaving the shop's page, as on a phone.
(function () {
  "use strict";
  var origin = new URL(document.currentScript.src).origin;
  var needed = ["clientId", "method", "orderId", "amount", "goodsName", "returnUrl"];
  function refuse(request, message) {
    if (request && typeof request.fnError === "function") {
      request.fnError({ resultCode: "P007", msg: message, errorMsg: message });
    } else {
      throw new Error(message);
    }
  }
  window.AUTHNICE = {
    requestPay: function (request) {
      var missing = needed.filter(function (name) { return !request || request[name] === undefined || request[name] === ""; });
      if (missing.length) return refuse(request, "필수 파라미터 " + missing.join(", ") + "가 없습니다.");
      var url = new URL("/pay/" + encodeURIComponent(request.orderId), origin);
      Object.keys(request).forEach(function (name) {
        var value = request[name];
        if (name !== "orderId" && value !== undefined && value !== null && typeof value !== "function") {
          url.searchParams.append(name, String(value));
        }
      });
      if (/Android|iPhone|iPad|Mobile/.test(navigator.userAgent)) url.searchParams.set("mobile", "true");
      url.searchParams.set("returnUrl", new URL(request.returnUrl, window.location.href).toString());
      window.location.assign(url.toString());
    },
  };
})();
