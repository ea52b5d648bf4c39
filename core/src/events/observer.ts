/** What came of one try to deliver an event. */
export interface DeliverySighting {
  readonly sink: string;
  /** The event's number in the outbox. */
  readonly event: number;
  readonly outcome: 'delivered' | 'again' | 'dead';
  /** Why it was not delivered, or what was wrong although it was, without secrets. */
  readonly message: string | undefined;
}

/** Who is told, for metrics and log lines, what was committed. It must not throw. */
export interface DeliveryObserver {
  onDelivery(delivery: DeliverySighting): void;
  /** Something that will be tried again went wrong; `what` says what was being done. */
  onProblem(what: string, error: unknown): void;
}
