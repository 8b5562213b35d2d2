package dev.rlmbeam.pipelines.scale;

import java.util.EnumMap;
import java.util.Map;

/**
 * How a run will go. Immutable.
 *
 * @param run that was asked for
 * @param wall seconds
 * @param calls of the models
 * @param simulated elements that were played; fewer than the run's where the rest was reckoned
 * @param elementsPerSecond in the middle of the run; over all of it where nothing was reckoned
 * @param busy share of each limit that is used, over the whole run
 */
record Forecast(
    ScaleRun run,
    double wall,
    double calls,
    long simulated,
    double elementsPerSecond,
    Map<Limit, Double> busy,
    double coreSeconds,
    double slotSeconds) {

  /** Events that are played at most, some three for a call; a few seconds' worth. */
  private static final double MOST_EVENTS = 6_000_000;

  /** Elements of each slot in the shorter of two runs that are compared. */
  private static final int WAVES = 40;

  Forecast {
    busy = Map.copyOf(busy);
  }

  /**
   * Plays a run if it is small. Of a large one, the beginning and the end are played, and the
   * middle, in which nothing changes, is reckoned: two runs of the same workers, the second with
   * twice the elements of the first, differ by nothing but a middle. The time between them is what
   * so many elements more take. Where even that is too much, fewer workers are played, with their
   * part of what all share.
   */
  static Forecast of(ScaleRun run) {
    double eventsEach = 6 + run.calls().turns() * 4.0 + run.calls().each() * 2.0;
    if (run.runs() * eventsEach <= MOST_EVENTS) {
      Simulation.Outcome all = Simulation.of(run);
      return made(run, run.elements(), all, 1, all.wall(), run.elements() / all.wall());
    }
    int workers = run.workers().count();
    double elementsEach = (double) run.slots() / workers * waves(run);
    int some = (int) Math.max(1, MOST_EVENTS / eventsEach / (3 * elementsEach));
    ScaleRun part = run.part(Math.min(workers, some));
    long more = Math.max(1, (long) (elementsEach * part.workers().count()));
    if (part.elements() <= 2 * more) {
      Simulation.Outcome all = Simulation.of(part);
      double share = (double) run.elements() / part.elements();
      return made(run, part.elements(), all, share, all.wall(), run.elements() / all.wall());
    }
    Simulation.Outcome once = Simulation.of(part.withElements(more));
    Simulation.Outcome twice = Simulation.of(part.withElements(2 * more));
    double rate = more / (twice.wall() - once.wall());
    double wall = twice.wall() + (part.elements() - 2 * more) / rate;
    double share = (double) run.elements() / (2 * more);
    return made(run, 2 * more, twice, share, wall, rate * workers / part.workers().count());
  }

  /** As many elements of a slot as it takes to leave the opening of sandboxes behind. */
  private static double waves(ScaleRun run) {
    double each = run.slots() / Limit.inOrder(run).get(0).getValue();
    double last = run.sandboxes().readyAt(run.sandboxes().inFlight(run.workers()) - 1);
    return Math.min(200, WAVES + Math.ceil(last / each));
  }

  private static Forecast made(
      ScaleRun run,
      long simulated,
      Simulation.Outcome played,
      double share,
      double wall,
      double elementsPerSecond) {
    double coreSeconds = played.coreSeconds() * share;
    double slotSeconds = played.slotSeconds() * share;
    Workers workers = run.workers();
    Map<Limit, Double> busy = new EnumMap<>(Limit.class);
    busy.put(Limit.SLOTS, slotSeconds / wall / workers.count() / workers.maxInFlight());
    busy.put(Limit.CPU, coreSeconds / wall / workers.allCores());
    busy.put(
        Limit.CONNECTIONS,
        played.callSeconds() * share / wall / workers.count() / workers.maxConnections());
    double quota = run.quota().elementsPerSecond(run.calls());
    busy.put(Limit.MODEL_QUOTA, run.runs() / quota / wall);
    int sandboxes = run.sandboxes().quota();
    busy.put(Limit.SANDBOX_QUOTA, sandboxes == 0 ? 0 : (double) openSandboxes(run) / sandboxes);
    return new Forecast(
        run,
        wall,
        (double) run.runs() * run.calls().each(),
        simulated,
        elementsPerSecond,
        busy,
        coreSeconds,
        slotSeconds);
  }

  private static long openSandboxes(ScaleRun run) {
    return (long) run.workers().count() * run.sandboxes().eachWorker(run.workers());
  }

  /** Sandboxes that are open at a time. */
  long sandboxes() {
    return openSandboxes(run);
  }

  /** Seconds that all sandboxes are paid for. */
  double sandboxSeconds() {
    return sandboxes() * wall;
  }

  /** Hours that all workers are paid for. */
  double workerHours() {
    return run.workers().count() * wall / 3600;
  }
}
