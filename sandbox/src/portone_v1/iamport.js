// The sandbox's stand-in for PortOne V1's browser SDK. On a desktop the pay window opens over the shop's page and the
// callback is called; on a phone it takes the page's place, the answer comes with m_redirect_url, and the callback
// never runs.
(function () {
  "use strict";
  var origin = new URL(document.currentScript.src).origin;
  var userCode = null;
  var flat = [
    "channelKey", "pg", "pay_method", "escrow", "name", "amount", "tax_free", "vat_amount", "currency", "buyer_name",
    "buyer_tel", "buyer_email", "buyer_addr", "buyer_postcode", "notice_url", "confirm_url", "m_redirect_url", "vbank_due",
  ];
  function isPhone() { return /Android|iPhone|iPad|iPod|Mobile/i.test(navigator.userAgent); }
  function payUrl(request, phone) {
    var url = new URL("/pay/" + encodeURIComponent(request.merchant_uid), origin);
    url.searchParams.append("user_code", userCode);
    flat.forEach(function (name) {
      var value = request[name];
      if (Array.isArray(value)) value.forEach(function (one) { url.searchParams.append(name, String(one)); });
      else if (value !== undefined && value !== null) url.searchParams.append(name, String(value));
    });
    var data = request.custom_data;
    if (data !== undefined && data !== null) url.searchParams.append("custom_data", typeof data === "string" ? data : JSON.stringify(data));
    if (request.kcpProducts) url.searchParams.append("kcpProducts", JSON.stringify(request.kcpProducts));
    if (phone) {
      url.searchParams.append("mobile", "true");
      if (!request.m_redirect_url) url.searchParams.append("m_redirect_url", window.location.href);
    } else url.searchParams.append("embedded", "true");
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
  window.IMP = {
    init: function (code) { userCode = code; },
    request_pay: function (request, callback) {
      var say = typeof callback === "function" ? callback : function () {};
      function refuse(message) {
        say({ success: false, imp_success: false, imp_uid: null, merchant_uid: request && request.merchant_uid, error_code: "F0000", error_msg: message });
      }
      if (!userCode) return refuse("IMP.init이 호출되지 않았습니다.");
      if (!request || !request.merchant_uid) return refuse("merchant_uid가 필요합니다.");
      if (isPhone()) return window.location.assign(payUrl(request, true));
      overlay(payUrl(request, false), say);
    },
  };
})();
