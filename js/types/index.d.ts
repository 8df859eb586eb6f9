import type { components as ControlComponents } from "./control";
import type { components as ProductComponents } from "./product";

/** The schemas of the product's contract. */
type Product = ProductComponents["schemas"];
/** The schemas of the control plane's document. */
type Plane = ControlComponents["schemas"];

export type { Plane, Product };

/** An event as webhooks tell of it; `type` says what `data` is. */
export type WebhookEvent =
  | Product["BookingCreatedPayload"]
  | Product["BookingCancelledPayload"]
  | Product["BookingRescheduledPayload"]
  | Product["EventCreatedPayload"]
  | Product["EventUpdatedPayload"]
  | Product["EventDeletedPayload"]
  | Product["CalendarSyncedPayload"];

export type EventType = WebhookEvent["type"];

/** The event of one type. */
export type WebhookEventOf<Type> = Extract<WebhookEvent, { type: Type }>;

/** What a test says of a resource; what it leaves out is made up. A time may be relative: `now+1d`. */
export type Members<Resource> = { [Name in keyof Resource]?: Members<Resource[Name]> };

/** What belongs to a kind of fault, without the kind. */
type OfKind<Wanted, Kind> = Wanted extends { kind: Kind } ? Omit<Wanted, "kind"> : never;

export type FaultKind = Plane["FaultWanted"]["kind"];

/** The header that carries the signature of a delivery. */
export declare const SIGNATURE_HEADER: "X-SmartCalPro-Signature";

type Raw = string | ArrayBuffer | ArrayBufferView;

/** Whether the header signs these very bytes with this secret, in constant time. `TypeError` for what is not raw. */
export declare function verifySignature(
  body: Raw,
  header: string | string[] | null | undefined,
  secret: string,
): boolean;

/** The event of a delivery, once its signature has been verified; throws `InvalidDelivery`. */
export declare function parseDelivery(
  body: Raw,
  header: string | string[] | null | undefined,
  secret: string,
): WebhookEvent;

/** Whatever this package throws. */
export declare class SmartCalError extends Error {}

/** The control plane said no; the message is the detail of its problem. */
export declare class Refused extends SmartCalError {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** What the problem lists beside its detail. */
  readonly listed: readonly string[];
}

/** What a test claimed isn't so. */
export declare class AssertionFailed extends SmartCalError {}

/** A delivery that is not to be believed. */
export declare class InvalidDelivery extends SmartCalError {}

/** Seconds of real time. */
export interface Patience {
  timeout?: number;
}

/** The control plane, for what has no method of its own: the JSON of an answer, bytes of any other. */
export declare class Control {
  constructor(where: { url: string; token?: string; place: string });
  readonly url: string;
  get(path: string, query?: object): Promise<any>;
  post(path: string, body?: object, patience?: number): Promise<any>;
  put(path: string, body?: object): Promise<any>;
  patch(path: string, body?: object): Promise<any>;
  delete(path: string): Promise<any>;
  request(method: string, path: string, body?: unknown, patience?: number): Promise<any>;
}

/** What a sandbox is made with. Unless something else is wanted, its clock stands still at a fixed instant. */
export type Wanted = Plane["SandboxWanted"];

/** A server that answers. */
export declare class Server {
  constructor(where: { url: string; token?: string; place: string; here?: string });
  readonly control: Control;
  sandbox(wanted?: Wanted): Promise<SmartCal>;
}

/** The server that the environment names, else that of this test run, started where nobody has yet. */
export declare function connect(environment?: NodeJS.ProcessEnv): Promise<Server>;

export interface Answer<Body> {
  status: number;
  /** By lower-case names. */
  headers: Record<string, string | undefined>;
  /** The JSON of the answer, the text of any other, undefined where there is none. */
  body: Body;
  bytes: Buffer;
}

/** Sends requests to the product with a key; any status is an answer. Rejects where no whole answer comes. */
export interface Client {
  readonly baseUrl: string;
  get<Body = any>(path: string, query?: object, headers?: Record<string, string>): Promise<Answer<Body>>;
  post<Body = any>(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<Body>>;
  put<Body = any>(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<Body>>;
  patch<Body = any>(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<Body>>;
  delete<Body = any>(path: string, headers?: Record<string, string>): Promise<Answer<Body>>;
  request<Body = any>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>>;
}

/** The clock stands still: time is what the test makes of it. */
export interface Clock {
  /** RFC 3339, UTC. */
  now(): Promise<string>;
  /** By seconds, or `90s`, `15m`, `12h`, `2d`, `1w`; done when all that fell due on the way is. */
  advance(by: string | number, patience?: Patience): Promise<string>;
  /** Forward to an instant, doing all that falls due. */
  set(instant: string | Date, patience?: Patience): Promise<string>;
}

export interface Limits {
  /** Nothing is refused any more. */
  off(): Promise<void>;
  /** A factor of 0.1 leaves a tenth of each limit. */
  scale(factor: number): Promise<void>;
  /** The budget of a key (by its value or fingerprint), or of everything, is used up. */
  exhaust(credential?: string | Promise<string>): Promise<void>;
  /** The next so many answers are 429. */
  refuse(following: number): Promise<void>;
}

/** Each puts one resource and gives it whole. */
export interface Given {
  event(members?: Members<Product["Event"]>): Promise<Product["Event"]>;
  booking(members?: Members<Product["Booking"]>): Promise<Product["Booking"]>;
  bookingPage(members?: Members<Product["BookingPage"]>): Promise<Product["BookingPage"]>;
  /** A subscription, with the `secret` that its deliveries are signed with: the one given, or a random one. */
  webhook(
    members?: Members<Product["Webhook"]> & { secret?: string },
  ): Promise<Product["Webhook"] & { secret: string }>;
  /** A resource of any collection of the contract, by the name of its component schema. */
  resource(collection: string, members?: object): Promise<any>;
}

export interface JournalFilters {
  operation?: string;
  method?: string;
  path?: string;
  /** 200, "4xx", "none". */
  status?: Plane["JournalStatus"];
  principal?: string;
  request_id?: string;
  since?: number;
}

/** What was asked and answered. A name that nothing can have is refused. */
export interface Journal {
  /** From the oldest that is kept to the latest. */
  entries(filters?: JournalFilters & { limit?: number }): Promise<Plane["JournalEntry"][]>;
  /** The first match, waited for in real time. */
  waitFor(filters?: JournalFilters, patience?: Patience): Promise<Plane["JournalEntry"]>;
  /** Exactly so many requests match; fails with what was seen instead. */
  assertCount(count: number, filters?: JournalFilters): Promise<void>;
}

/** A delivery with the event that it tells of, and each attempt to send it. */
export type Delivery<Event = WebhookEvent> = Omit<Plane["DeliveryInFull"], "body"> & { body: Event };

export interface Deliveries {
  /** The newest first. */
  list(filters?: {
    state?: Plane["DeliveryState"];
    event_type?: EventType;
    webhook?: string;
    event?: string;
    limit?: number;
  }): Promise<Plane["Delivery"][]>;
  /** The oldest that was delivered and that this hasn't given yet, waited for in real time. */
  next<Type extends EventType = EventType>(type?: Type, patience?: Patience): Promise<Delivery<WebhookEventOf<Type>>>;
  /** Until so many of a type have been delivered, in real time. */
  waitFor(type?: EventType, patience?: Patience & { count?: number }): Promise<Plane["Delivery"][]>;
  /** Until nothing that is due is left to send; retries wait for the clock. */
  waitUntilSettled(patience?: Patience): Promise<Plane["Delivery"][]>;
  /** A delivery once more, or an event to whoever subscribes to its type now. */
  redeliver(id: string): Promise<void>;
  /** The next goes wrong. */
  misbehave(
    kind: Plane["MisbehaviourWanted"]["kind"],
    members?: Omit<Plane["MisbehaviourWanted"], "kind">,
  ): Promise<void>;
}

export interface Received {
  path: string;
  /** By lower-case names. */
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export type Reply = number | { status?: number; headers?: Record<string, string>; body?: string; drop?: boolean };

/** A webhook receiver of the test's own, subscribed to every event type. */
export interface Receiver {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
  /** What came, the oldest first. */
  readonly received: Received[];
  /** The same, verified; throws `InvalidDelivery` where a signature is wrong. */
  readonly events: WebhookEvent[];
  /** What it answers from now on; 204 unless something else is said. */
  answer: Reply | ((received: Received) => Reply | Promise<Reply>);
  /** The first `count` events of a type, waited for in real time. */
  waitFor<Type extends EventType = EventType>(
    type?: Type,
    patience?: Patience & { count?: number },
  ): Promise<WebhookEventOf<Type>[]>;
  close(): Promise<void>;
}

export interface Snapshot {
  readonly name: string;
  restore(): Promise<void>;
  /** The resources that were added, changed and removed since. */
  diff(): Promise<Plane["Difference"]>;
}

/** A sandbox. `baseUrl` ends in /api/v1, `rootUrl` doesn't; whatever is asked there is of this sandbox alone. */
export declare class SmartCal {
  constructor(control: Control, made: Plane["SandboxCreated"], options: { here: string });
  readonly name: string;
  readonly rootUrl: string;
  readonly baseUrl: string;
  /** By scope, of the main account. */
  readonly keys: Record<string, string>;
  /** By scope, of a second account, which sees nothing of the first. */
  readonly otherKeys: Record<string, string>;
  /** The URLs of OAuth, and `clients` with their ids, secrets and redirect URIs. */
  readonly oauth: Plane["OAuth"];
  readonly control: Control;
  /** Of the sandbox on the control plane: `smartcal.control.get(smartcal.path)`. */
  readonly path: string;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly given: Given;
  readonly journal: Journal;
  readonly deliveries: Deliveries;
  /** The key with these scopes and no others, the same one each time; without any, the one for everything. */
  key(...scopes: string[]): Promise<string>;
  /** Another key with these scopes, with a budget of its own. */
  newKey(...scopes: string[]): Promise<string>;
  /** Sends requests to `baseUrl` with the `key` of these scopes. */
  client(...scopes: string[]): Client;
  /** Makes something happen; the events that came of it, in their order. */
  trigger(type: EventType, members?: object): Promise<Plane["Events"]>;
  /** Arms a fault; its id. */
  fault<Kind extends FaultKind>(kind: Kind, members?: OfKind<Plane["FaultWanted"], Kind>): Promise<string>;
  clearFaults(): Promise<void>;
  /** Keeps everything as it is now. */
  snapshot(): Promise<Snapshot>;
  /** A webhook receiver, subscribed to everything from the first time that it is asked for. */
  receiver(): Promise<Receiver>;
  /** Ends it with all that it holds. */
  close(): Promise<void>;
}
