// Logging in, from the page and from the dialog over a page whose session has ended.
import { ask } from "@/api/client";
import { useCommand } from "./command";
import { session, type Role } from "@/session";

export function useLogin() {
  return useCommand(async (_key: string, email: string, password: string) => {
    const told = await ask((api) => api.POST("/auth/login", { body: { email, password } }));
    session.value = { token: told.token, customerId: told.customer_id, email, roles: told.roles as Role[], expiresAt: told.expires_at };
    return true;
  });
}
