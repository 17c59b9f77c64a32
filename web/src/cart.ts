// The cart is kept in this browser: the API has none. Only products and quantities are kept; names, prices and stock
// are asked for anew, and the server compares the price that was seen with the price that is.
//
// The key of the order to come belongs to the cart's contents: who goes back in the browser and orders the same cart
// again gets the same order, and not a second one.
import { computed, ref, watch } from "vue";
import { freshKey } from "@/api/client";

export interface CartLine {
  productId: string;
  quantity: number;
}

interface Cart {
  key: string;
  lines: CartLine[];
}

const KEY = "escrow.cart";
export const QUANTITY_MAX = 99;

function kept(): Cart {
  try {
    const cart = JSON.parse(localStorage.getItem(KEY) ?? "") as Cart;
    if (Array.isArray(cart.lines) && typeof cart.key === "string") return cart;
  } catch {
    // Nothing there, or nothing that can be read.
  }
  return { key: freshKey(), lines: [] };
}

const cart = ref<Cart>(kept());
watch(cart, (now) => localStorage.setItem(KEY, JSON.stringify(now)));
window.addEventListener("storage", (event) => {
  if (event.key === KEY) cart.value = kept();
});

export const cartLines = computed(() => cart.value.lines);
export const cartCount = computed(() => cart.value.lines.reduce((sum, line) => sum + line.quantity, 0));
export const cartKey = (): string => cart.value.key;

export function setQuantity(productId: string, quantity: number): void {
  const lines = cart.value.lines.filter((line) => line.productId !== productId);
  const at = cart.value.lines.findIndex((line) => line.productId === productId);
  if (quantity > 0) lines.splice(at < 0 ? lines.length : at, 0, { productId, quantity: Math.min(quantity, QUANTITY_MAX) });
  cart.value = { key: freshKey(), lines };
}

export function addToCart(productId: string, quantity: number): void {
  const before = cart.value.lines.find((line) => line.productId === productId)?.quantity ?? 0;
  setQuantity(productId, before + quantity);
}

export function emptyCart(): void {
  cart.value = { key: freshKey(), lines: [] };
}
