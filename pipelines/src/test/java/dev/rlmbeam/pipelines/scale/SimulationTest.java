package dev.rlmbeam.pipelines.scale;

import static com.google.common.truth.Truth.assertThat;

import org.junit.jupiter.api.Test;

/** Where a formula is exact, the simulation gives the same. */
final class SimulationTest {
  private static final SandboxSide READY = new SandboxSide(0, 1000, 1000, 0);
  private static final ModelQuota UNLIMITED = new ModelQuota(0, 0);

  private static Calls calls(int turns, int subCalls, double latency) {
    return new Calls(turns, subCalls, latency, latency / 2, 0, 0, 1000, 500);
  }

  private static ScaleRun run(
      long elements, Workers workers, Calls calls, ModelQuota quota, CpuCosts cpu) {
    return new ScaleRun(elements, 0, workers, calls, quota, cpu, READY, 1);
  }

  @Test
  void oneSlotTakesOneElementAfterTheOther() {
    Workers one = new Workers(1, 2, false, 1, 64);

    Simulation.Outcome played =
        Simulation.of(run(7, one, calls(3, 4, 2), UNLIMITED, CpuCosts.NONE));

    assertThat(played.wall()).isWithin(1e-9).of(7 * 3 * (2 + 1));
    assertThat(played.calls()).isEqualTo(7 * 3 * 5);
    assertThat(played.slotSeconds()).isWithin(1e-9).of(played.wall());
  }

  @Test
  void slotsGoInWavesAndTheLastOneIsNotFull() {
    Workers two = new Workers(2, 2, false, 10, 64);

    Simulation.Outcome played =
        Simulation.of(run(45, two, calls(2, 0, 3), UNLIMITED, CpuCosts.NONE));

    assertThat(played.wall()).isWithin(1e-9).of(3 * 2 * 3); // 23 and 22 of them: 3 waves
    assertThat(played.calls()).isEqualTo(90);
  }

  @Test
  void aQuotaOfRequestsLetsCallsBeginEvenly() {
    Workers many = new Workers(4, 2, false, 50, 64);
    ModelQuota quota = new ModelQuota(600, 0);

    Simulation.Outcome played = Simulation.of(run(500, many, calls(3, 0, 1), quota, CpuCosts.NONE));

    // The first begins at once, each other 0.1 s after the one before it.
    assertThat(played.wall()).isWithin(1e-6).of((500 * 3 - 1) * 0.1 + 1);
  }

  @Test
  void aQuotaOfTokensCountsTokens() {
    Workers many = new Workers(4, 2, false, 50, 64);
    ModelQuota quota = new ModelQuota(0, 600_000);

    double wall = Simulation.of(run(300, many, calls(1, 2, 1), quota, CpuCosts.NONE)).wall();

    // 2,000 tokens an element, 10,000 a second; the ends differ by a call's time at most.
    assertThat(wall).isWithin(1.6).of(300 * 2000 / 10_000.0);
  }

  @Test
  void busyCoresAreNeverIdle() {
    Workers workers = new Workers(1, 2, false, 32, 64);
    CpuCosts cpu = new CpuCosts(0.2, 0.1, 0);

    Simulation.Outcome played =
        Simulation.of(run(640, workers, calls(3, 0, 0.001), UNLIMITED, cpu));

    assertThat(played.coreSeconds()).isWithin(1e-6).of(640 * 0.5);
    assertThat(played.wall()).isAtLeast(640 * 0.5 / 2 - 1e-6);
    assertThat(played.wall()).isWithin(0.5).of(640 * 0.5 / 2);
  }

  @Test
  void coresOfOneMachineAreNotMoreForMoreWorkers() {
    CpuCosts cpu = new CpuCosts(0.2, 0.1, 0);
    Workers shared = new Workers(4, 2, true, 8, 64);
    Workers own = new Workers(4, 2, false, 8, 64);
    Calls calls = calls(3, 0, 0.001);

    double together = Simulation.of(run(640, shared, calls, UNLIMITED, cpu)).wall();
    double apart = Simulation.of(run(640, own, calls, UNLIMITED, cpu)).wall();

    assertThat(together).isWithin(0.5).of(160);
    assertThat(apart).isWithin(0.5).of(40);
  }

  @Test
  void connectionsBoundCallsUnderWay() {
    Workers narrow = new Workers(1, 2, false, 64, 8);

    Simulation.Outcome played =
        Simulation.of(run(640, narrow, calls(1, 0, 1), UNLIMITED, CpuCosts.NONE));

    assertThat(played.wall()).isWithin(1e-9).of(80);
    assertThat(played.callSeconds()).isWithin(1e-9).of(640);
  }

  @Test
  void slotsBeginWhenTheirSandboxIsReady() {
    SandboxSide slow = new SandboxSide(10, 2, 0.5, 0);
    Workers four = new Workers(1, 2, false, 4, 64);
    ScaleRun run = new ScaleRun(4, 0, four, calls(1, 0, 1), UNLIMITED, CpuCosts.NONE, slow, 1);

    Simulation.Outcome played = Simulation.of(run);

    // The first sandbox is ready after 10 s; its sessions are free again before the second is.
    assertThat(played.firstCall()).isWithin(1e-9).of(10);
    assertThat(played.wall()).isWithin(1e-9).of(12);
  }

  @Test
  void elementsThatAreRepeatedCostTheirCallsAgain() {
    Workers one = new Workers(1, 2, false, 1, 64);
    ScaleRun run = new ScaleRun(100, 0.1, one, calls(1, 0, 1), UNLIMITED, CpuCosts.NONE, READY, 1);

    Simulation.Outcome played = Simulation.of(run);

    assertThat(played.calls()).isEqualTo(110);
    assertThat(played.wall()).isWithin(1e-9).of(110);
  }
}
