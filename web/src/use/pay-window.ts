// Opens a gateway's pay window by the gateway's own script, with the arguments the server made. What the window answers
// is a claim: the caller asks the server how the payment stands, whatever was said here.
//
// PortOne's windows stay over the page on a desktop and take its place on a phone; they may come back to a page of
// ours. NicePay and Toss Payments always leave the page, and come back through the server, which has to approve.
import { ownProblem } from "@/api/problem";

interface Checkout {
  gateway: "portone_v1" | "portone_v2" | "nicepay" | "toss";
  sdkUrl: string;
  request: Record<string, unknown>;
}

interface Scripts {
  PortOne?: { requestPayment(request: unknown): Promise<{ code?: string; message?: string } | undefined> };
  IMP?: { init(code: unknown): void; request_pay(request: unknown, done: (said: { imp_success?: boolean; error_msg?: string }) => void): void };
  AUTHNICE?: { requestPay(request: unknown): void };
  TossPayments?: (key: unknown) => { payment(of: unknown): { requestPayment(request: unknown): Promise<unknown> } };
}

const loaded = new Map<string, Promise<void>>();

function load(url: string): Promise<void> {
  const known = loaded.get(url);
  if (known) return known;
  const loading = new Promise<void>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve();
    script.onerror = () => {
      loaded.delete(url);
      script.remove();
      reject(ownProblem("offline"));
    };
    document.head.append(script);
  });
  loaded.set(url, loading);
  return loading;
}

/** Opens the window and waits until it is closed; on a phone the page is left instead. Whether it was gone through. */
export async function openPayWindow(checkout: unknown, comeBackTo: string): Promise<boolean> {
  const { gateway, sdkUrl, request } = checkout as Checkout;
  await load(sdkUrl);
  const scripts = window as unknown as Scripts;
  switch (gateway) {
    case "portone_v2":
      return !(await scripts.PortOne!.requestPayment({ ...request, redirectUrl: comeBackTo }))?.code;
    case "portone_v1": {
      const { impCode, ...rest } = request;
      scripts.IMP!.init(impCode);
      return new Promise((resolve) => scripts.IMP!.request_pay({ ...rest, m_redirect_url: comeBackTo }, (said) => resolve(!said.error_msg)));
    }
    case "nicepay":
      scripts.AUTHNICE!.requestPay(request);
      return new Promise(() => undefined);
    case "toss": {
      const { clientKey, customerKey, ...rest } = request;
      await scripts.TossPayments!(clientKey).payment({ customerKey }).requestPayment(rest);
      return true;
    }
  }
}
