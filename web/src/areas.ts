// The areas of the console: the first folder of a page, who may see it, and the order of its menu. A page appears in
// its area's menu when it stands here; its address follows from its file.
import type { Role } from "@/session";

export interface Entry {
  path: string;
  /** Its name, `nav.<label>`. */
  label: string;
  icon: string;
  /** Only for them, where the area has more. */
  only?: Role;
}

export interface Area {
  name: "my" | "sell" | "operate" | "books";
  roles: Role[];
  menu: Entry[];
}

export const AREAS: Area[] = [
  { name: "my", roles: ["buyer"], menu: [{ path: "/my/orders", label: "myOrders", icon: "parcel" }] },
  {
    name: "sell",
    roles: ["seller"],
    menu: [
      { path: "/sell/overview", label: "overview", icon: "chart" },
      { path: "/sell/orders", label: "sales", icon: "parcel" },
      { path: "/sell/products", label: "products", icon: "tag" },
    ],
  },
  {
    name: "operate",
    roles: ["operator", "auditor"],
    menu: [
      { path: "/operate/orders", label: "orders", icon: "search" },
      { path: "/operate/stuck", label: "stuck", icon: "clock", only: "operator" },
      { path: "/operate/webhooks", label: "webhooks", icon: "inbox", only: "operator" },
    ],
  },
  {
    name: "books",
    roles: ["auditor", "operator"],
    menu: [
      { path: "/books/trial-balance", label: "trialBalance", icon: "scale" },
      { path: "/books/journal", label: "journal", icon: "book" },
      { path: "/books/events", label: "eventLog", icon: "list" },
      { path: "/books/chain", label: "chain", icon: "link" },
    ],
  },
];

/** Where somebody begins. */
export function home(roles: Role[]): string {
  if (roles.includes("operator")) return "/operate/orders";
  if (roles.includes("auditor")) return "/books/trial-balance";
  if (roles.includes("seller")) return "/sell/overview";
  return "/shop";
}
