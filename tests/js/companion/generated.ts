// What the types of three generators mean: each line compiles, but for those that say that they must not.
import createClient from "openapi-fetch";
import type { components as Control, paths as ControlPaths } from "./openapi-typescript/control";
import type { components as Product, paths as ProductPaths } from "./openapi-typescript/product";
import * as heyControl from "./hey-api/control";
import * as heyProduct from "./hey-api/product";
import * as orvalControl from "./orval/control";
import * as orvalProduct from "./orval/product";

/** Whether two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>) => undefined;

// What a request may leave out is optional.
type Sandboxes = [Control["schemas"]["SandboxWanted"], heyControl.SandboxWanted, orvalControl.SandboxWanted];
export const sandboxes: Sandboxes = [{}, { frozen: true }, { events: 0, ttl_seconds: null }];
// @ts-expect-error a number of events is a number
export const wrongSandboxes: Sandboxes = [{ events: "0" }, { events: "0" }, { events: "0" }];
type Keys = [Control["schemas"]["KeyWanted"], heyControl.KeyWanted, orvalControl.KeyWanted];
export const keys: Keys = [{ scopes: ["read"] }, { scopes: ["read"] }, { scopes: ["read"] }];

// A fault has the members of its kind, and no others.
type Faults = [Control["schemas"]["FaultWanted"], heyControl.FaultWanted, orvalControl.FaultWanted];
type Fault = Faults[number];
export const faults: Fault[] = [
  { kind: "status", status: 503, headers: { "Retry-After": 2 }, operations: "listEvents", next: 2 },
  { kind: "drop", after_work: true, operations: ["cancelBooking"] },
];
export const eachFault: Faults = [
  { kind: "latency", seconds: 0.1, probability: 0.2 },
  { kind: "latency", seconds: 0.1, probability: 0.2 },
  { kind: "latency", seconds: 0.1, probability: 0.2 },
];
// @ts-expect-error a drop has no status
export const statusOfDrop: Faults[0] = { kind: "drop", status: 503 };
// @ts-expect-error a drop has no status
export const statusOfDropHey: Faults[1] = { kind: "drop", status: 503 };
// @ts-expect-error a drop has no status
export const statusOfDropOrval: Faults[2] = { kind: "drop", status: 503 };
// @ts-expect-error a status is needed
export const withoutStatus: Faults[0] = { kind: "status" };
// @ts-expect-error a status is needed
export const withoutStatusHey: Faults[1] = { kind: "status" };
// @ts-expect-error a status is needed
export const withoutStatusOrval: Faults[2] = { kind: "status" };
export const secondsOf = (fault: Faults[0]) => (fault.kind === "latency" ? fault.seconds : undefined);

// Any members of a resource can be put, and what is null is told.
type Puts = [Control["schemas"]["ResourceMembers"], heyControl.ResourceMembers, orvalControl.ResourceMembers];
export const puts: Puts = [{ status: "pending" }, { status: "pending" }, { status: "pending" }];
same<Control["schemas"]["JournalEntry"]["status"], number | null>(true);
same<heyControl.JournalEntry["status"], number | null>(true);
same<orvalControl.JournalEntry["status"], number | null>(true);
same<Control["schemas"]["ResourcePut"]["resource"]["x"], unknown>(true);
same<heyControl.ResourcePut["resource"]["x"], unknown>(true);
same<orvalControl.ResourcePut["resource"]["x"], unknown>(true);

// The product: enumerations are unions, a location narrows by its type, and only a subscription that was made has a secret.
type Status = "pending" | "confirmed" | "cancelled" | "completed" | "no_show";
same<Product["schemas"]["Booking"]["status"], Status>(true);
same<heyProduct.Booking["status"], Status>(true);
same<orvalProduct.Booking["status"], Status>(true);
type Location = Product["schemas"]["Location"] | heyProduct.Location | orvalProduct.Location;
export const addressOf = (location: Location) => (location.type === "physical" ? location.address : undefined);
same<"secret" extends keyof Product["schemas"]["Webhook"] ? true : false, false>(true);
same<"secret" extends keyof heyProduct.WebhookCreated ? true : false, true>(true);

// Requests.
const product = createClient<ProductPaths>({ baseUrl: "http://127.0.0.1:8080" });
const control = createClient<ControlPaths>({ baseUrl: "http://127.0.0.1:8080" });
export const requests = [
  () => product.GET("/api/v1/bookings", { params: { query: { upcoming: true, status: "pending" } } }),
  // @ts-expect-error there is no such status
  () => product.GET("/api/v1/bookings", { params: { query: { status: "done" } } }),
  () => control.POST("/_sandbox/sandboxes", { body: { frozen: true } }),
  () =>
    control.POST("/_sandbox/sandboxes/{sandbox}/clock/advance", {
      params: { path: { sandbox: "default" } },
      body: { by: "2d" },
    }),
  () => heyControl.addFault({ path: { sandbox: "default" }, body: { kind: "status", status: 503 } }),
  () => heyControl.triggerEvent({ path: { sandbox: "default", event_type: "x" }, body: { title: "x" } }),
  () => heyProduct.listBookings({ query: { upcoming: true } }),
  () => orvalControl.addFault("default", { kind: "status", status: 503 }),
  () => orvalControl.createSandbox({ frozen: true }),
  () => orvalProduct.listBookings({ upcoming: true }),
];
