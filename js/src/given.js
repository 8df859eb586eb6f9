"use strict";
// State that a test arranges: each puts one resource and gives it whole. Times may be relative: `start_time: "now+1d"`.

class Given {
  #control;
  #path;

  constructor(control, path) {
    this.#control = control;
    this.#path = `${path}/resources`;
  }

  event(members) {
    return this.resource("Event", members);
  }

  booking(members) {
    return this.resource("Booking", members);
  }

  bookingPage(members) {
    return this.resource("BookingPage", members);
  }

  /** A subscription, with the `secret` that its deliveries are signed with: the one given, or a random one. */
  webhook(members) {
    return this.resource("Webhook", members);
  }

  /** A resource of any collection of the contract, by the name of its component schema. */
  async resource(collection, members = {}) {
    const put = await this.#control.post(`${this.#path}/${encodeURIComponent(collection)}`, members);
    return put.secret === undefined ? put.resource : { ...put.resource, secret: put.secret };
  }
}

module.exports = { Given };
