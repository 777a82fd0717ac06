// The part of the run's time that all charts show.

// The shortest time that can be shown, in nanoseconds; the clock measures nothing shorter.
const LEAST_SPAN = 200;

const view = {
  from: 0,
  to: Math.max(run.wallNs, LEAST_SPAN),
  listeners: [],

  show(from, to) {
    const whole = Math.max(run.wallNs, LEAST_SPAN);
    const span = Math.min(whole, Math.max(LEAST_SPAN, to - from));
    // A span that is too short is made longer around its middle.
    const middle = (from + to) / 2;
    this.from = Math.min(Math.max(0, middle - span / 2), whole - span);
    this.to = this.from + span;
    this.listeners.forEach((listener) => listener());
  },

  whole() {
    this.show(0, Math.max(run.wallNs, LEAST_SPAN));
  },

  // A factor below 1 zooms in. The moment stays at its place on the screen.
  zoom(factor, moment = (this.from + this.to) / 2) {
    const span = Math.min(Math.max(run.wallNs, LEAST_SPAN), Math.max(LEAST_SPAN, (this.to - this.from) * factor));
    const from = moment - ((moment - this.from) / (this.to - this.from)) * span;
    this.show(from, from + span);
  },

  // Moves by a share of the time that is shown.
  move(share) {
    const by = share * (this.to - this.from);
    this.show(this.from + by, this.to + by);
  },
};
