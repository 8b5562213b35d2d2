package dev.rlmbeam.pipelines.bench;

/** Measures one figure. */
interface Measurement {

  /**
   * Measures, and leaves nothing open.
   *
   * @throws IllegalStateException when something that was measured came out wrong
   */
  Samples take(BenchSite site, Scale scale) throws InterruptedException;

  /** How a figure is measured. */
  static Measurement of(Figure figure) {
    return switch (figure) {
      case NOOP -> new NoOpBlock(0);
      case NOOP_10MB -> new NoOpBlock(10_000_000);
      case QUERY -> QueryProgram.ONE_BY_ONE;
      case QUERY_THREADS -> QueryProgram.THREADS;
      case QUERY_BATCHED -> QueryProgram.BATCH;
      case DELAYED_1 -> new DelayedQueries(1);
      case DELAYED_32 -> new DelayedQueries(32);
      case SESSION -> new SessionLife();
      case SANDBOX_READY -> new SandboxStart();
      case CONTEXT_100MB -> new ContextLoad(100_000_000);
      case CONTEXT_1GB -> new ContextLoad(1_000_000_000);
      case ELEMENT -> new WholeElement();
      case ENGINE -> new EngineSlots();
      case ASK -> new FirstTurn();
    };
  }
}
