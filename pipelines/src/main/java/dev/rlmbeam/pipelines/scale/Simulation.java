package dev.rlmbeam.pipelines.scale;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Plays a run, event by event: slots that take one element after the other, calls that wait for
 * quota and a connection and then take their time, and cores that do one thing after another. One
 * thread at a time.
 */
final class Simulation {
  private static final int WAKE = 0;
  private static final int CALL_MAY_START = 1;
  private static final int CALL_ENDS = 2;
  private static final int MACHINE = 3;

  private enum Kind {
    WAIT,
    CPU,
    ROOT_CALL,
    SUB_CALLS
  }

  private record Step(Kind kind, double seconds) {}

  /**
   * What came of it. Times are seconds.
   *
   * @param wall from the beginning to the last element's end
   * @param firstCall when the first call of a model began
   * @param lastAnswer when the last one was answered
   * @param coreSeconds of all machines
   * @param slotSeconds sum of the times that slots had an element
   * @param callSeconds sum of the times that calls took
   */
  record Outcome(
      double wall,
      double firstCall,
      double lastAnswer,
      long calls,
      double coreSeconds,
      double slotSeconds,
      double callSeconds) {

    /** What a model server sees of a run: neither its start nor its end. */
    double betweenCalls() {
      return lastAnswer - firstCall;
    }
  }

  private final ScaleRun run;
  private final Step[] steps;
  private final int slotsEach;
  private final TimeHeap events = new TimeHeap();
  private final ModelQuota.Bucket bucket;
  private final SplittableRandom dice;
  private final Machine[] machines;
  private final long[] versions;
  private final long[] left;
  private final int[] freeConnections;
  private final SlotQueue[] waiting;
  private final int[] step;
  private final int[] pending;
  private final double[] begun;

  private double wall;
  private double firstCall = Double.POSITIVE_INFINITY;
  private double lastAnswer;
  private long calls;
  private double slotSeconds;
  private double callSeconds;

  private Simulation(ScaleRun run) {
    this.run = run;
    Workers workers = run.workers();
    int count = workers.count();
    slotsEach = run.sandboxes().inFlight(workers);
    steps = steps(run);
    bucket = new ModelQuota.Bucket(run.quota());
    dice = new SplittableRandom(run.seed());
    machines = new Machine[workers.sharedCores() ? 1 : count];
    Arrays.setAll(machines, i -> new Machine(workers.cores()));
    versions = new long[machines.length];
    left = new long[count];
    long runs = run.runs();
    Arrays.setAll(left, i -> runs / count + (i < runs % count ? 1 : 0));
    freeConnections = new int[count];
    Arrays.fill(freeConnections, workers.maxConnections());
    waiting = new SlotQueue[count];
    Arrays.setAll(waiting, i -> new SlotQueue());
    step = new int[count * slotsEach];
    pending = new int[step.length];
    begun = new double[step.length];
  }

  private static Step[] steps(ScaleRun run) {
    Calls each = run.calls();
    CpuCosts cpu = run.cpu();
    Step[] all = new Step[4 + 5 * each.turns()];
    int at = 0;
    all[at++] = new Step(Kind.WAIT, each.roundTrip());
    all[at++] = new Step(Kind.CPU, cpu.element() / 2);
    for (int i = 0; i < each.turns(); i++) {
      boolean asks = each.subCalls() > 0;
      all[at++] = new Step(Kind.ROOT_CALL, 0);
      all[at++] = new Step(Kind.WAIT, each.roundTrip());
      all[at++] = new Step(Kind.CPU, cpu.turn() + each.subCalls() * cpu.subCall());
      all[at++] = new Step(asks ? Kind.SUB_CALLS : Kind.WAIT, 0);
      all[at++] = new Step(Kind.WAIT, asks ? each.roundTrip() : 0);
    }
    all[at++] = new Step(Kind.CPU, cpu.element() / 2);
    all[at] = new Step(Kind.WAIT, each.roundTrip());
    return all;
  }

  /** Plays all of a run. */
  static Outcome of(ScaleRun run) {
    return new Simulation(run).play();
  }

  private Outcome play() {
    for (int slot = 0; slot < step.length; slot++) {
      step[slot] = -1;
      events.add(run.sandboxes().readyAt(slot % slotsEach), event(WAKE, slot, 0));
    }
    while (!events.isEmpty()) {
      double now = events.firstTime();
      long event = events.remove();
      int id = (int) (event >>> 2 & 0x3fff_ffff);
      switch ((int) (event & 3)) {
        case WAKE -> advance(id, now);
        case CALL_MAY_START -> connect(id, now);
        case CALL_ENDS -> callEnds(id, now);
        default -> {
          if (event >>> 32 == (versions[id] & 0xffff_ffffL)) { // else something came between
            int slot = (int) machines[id].end(now);
            plan(id);
            advance(slot, now);
          }
        }
      }
    }
    double coreSeconds = Arrays.stream(machines).mapToDouble(Machine::busy).sum();
    return new Outcome(wall, firstCall, lastAnswer, calls, coreSeconds, slotSeconds, callSeconds);
  }

  private static long event(int kind, int id, long version) {
    return version << 32 | (long) id << 2 | kind;
  }

  /** To the slot's next step that takes time. */
  private void advance(int slot, double now) {
    while (true) {
      int next = step[slot] + 1;
      if (next == 0 || next == steps.length) {
        if (next > 0) {
          slotSeconds += now - begun[slot];
          wall = Math.max(wall, now);
        }
        if (left[slot / slotsEach] == 0) {
          return;
        }
        left[slot / slotsEach]--;
        begun[slot] = now;
        next = 0;
      }
      step[slot] = next;
      Step current = steps[next];
      switch (current.kind()) {
        case WAIT -> {
          if (current.seconds() > 0) {
            events.add(now + current.seconds(), event(WAKE, slot, 0));
            return;
          }
        }
        case CPU -> {
          if (current.seconds() > 0) {
            int machine = machines.length == 1 ? 0 : slot / slotsEach;
            machines[machine].add(now, current.seconds(), slot);
            plan(machine);
            return;
          }
        }
        case ROOT_CALL -> {
          pending[slot] = 1;
          ask(slot, now, run.calls().rootTokens());
          return;
        }
        case SUB_CALLS -> {
          pending[slot] = run.calls().subCalls();
          for (int i = run.calls().subCalls(); i > 0; i--) {
            ask(slot, now, run.calls().subTokens());
          }
          return;
        }
      }
    }
  }

  private void plan(int machine) {
    double end = machines[machine].nextEnd();
    versions[machine]++;
    if (end < Double.POSITIVE_INFINITY) {
      events.add(end, event(MACHINE, machine, versions[machine]));
    }
  }

  private void ask(int slot, double now, double tokens) {
    double start = bucket.take(now, tokens);
    if (start > now) {
      events.add(start, event(CALL_MAY_START, slot, 0));
    } else {
      connect(slot, now);
    }
  }

  private void connect(int slot, double now) {
    int worker = slot / slotsEach;
    if (freeConnections[worker] == 0) {
      waiting[worker].add(slot);
    } else {
      freeConnections[worker]--;
      call(slot, now);
    }
  }

  private void call(int slot, double now) {
    Calls each = run.calls();
    boolean root = steps[step[slot]].kind() == Kind.ROOT_CALL;
    double factor = each.spread() == 0 ? 1 : 1 + each.spread() * (2 * dice.nextDouble() - 1);
    double took = factor * (root ? each.latency() : each.subLatency());
    calls++;
    callSeconds += took;
    firstCall = Math.min(firstCall, now);
    events.add(now + took, event(CALL_ENDS, slot, 0));
  }

  private void callEnds(int slot, double now) {
    int worker = slot / slotsEach;
    lastAnswer = now;
    if (waiting[worker].isEmpty()) {
      freeConnections[worker]++;
    } else {
      call(waiting[worker].remove(), now);
    }
    if (--pending[slot] == 0) {
      advance(slot, now);
    }
  }
}
