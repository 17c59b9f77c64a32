// Addresses follow from files: `pages/my/orders/[id].vue` is `/my/orders/:id`, `pages/shop/index.vue` is `/shop`. The
// first folder is the area and says who may see the page. The API has addresses of its own; none of these is one.
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { AREAS, home } from "./areas";
import { session } from "./session";

const pages = import.meta.glob("./pages/**/*.vue");

function route(file: string): RouteRecordRaw {
  const path = file.replace("./pages", "").replace(/\.vue$/, "").replace(/\/index$/, "").replace(/\[(\w+)\]/g, ":$1").replace(/^\/account/, "");
  const area = AREAS.find((one) => path.startsWith(`/${one.name}/`));
  return { path, component: pages[file]!, props: true, meta: { area: area?.name, roles: area?.roles } };
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/", redirect: () => (session.value ? home(session.value.roles) : "/shop") },
    ...Object.keys(pages).filter((file) => !file.includes("/nowhere")).map(route),
    { path: "/:path(.*)*", component: pages["./pages/nowhere.vue"]! },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

router.beforeEach((to) => {
  const roles = to.meta["roles"] as string[] | undefined;
  if (!roles) return true;
  if (!session.value) return { path: "/login", query: { to: to.fullPath } };
  return session.value.roles.some((role) => roles.includes(role)) || { path: home(session.value.roles) };
});
