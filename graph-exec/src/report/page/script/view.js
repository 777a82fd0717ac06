// The part of the run's time that all charts show.

// No closer than this: what is narrower was not measured.
const LEAST_SPAN = 200;

const view = {
  from: 0,
  to: Math.max(run.wallNs, LEAST_SPAN),
  listeners: [],

  show(from, to) {
    const whole = Math.max(run.wallNs, LEAST_SPAN);
    const span = Math.min(whole, Math.max(LEAST_SPAN, to - from));
    // A span that was made longer grows around its middle.
    const middle = (from + to) / 2;
    this.from = Math.min(Math.max(0, middle - span / 2), whole - span);
    this.to = this.from + span;
    this.listeners.forEach((listener) => listener());
  },

  whole() {
    this.show(0, Math.max(run.wallNs, LEAST_SPAN));
  },

  // Below 1 the factor zooms in; the moment stays where it is on the screen.
  zoom(factor, moment = (this.from + this.to) / 2) {
    const span = Math.min(Math.max(run.wallNs, LEAST_SPAN), Math.max(LEAST_SPAN, (this.to - this.from) * factor));
    const from = moment - ((moment - this.from) / (this.to - this.from)) * span;
    this.show(from, from + span);
  },

  // By a share of what is shown.
  move(share) {
    const by = share * (this.to - this.from);
    this.show(this.from + by, this.to + by);
  },
};
