package dev.rlmbeam.pipelines.scale;

import static com.google.common.truth.Truth.assertThat;

import org.junit.jupiter.api.Test;

/** What is reckoned is what would have been played. */
final class ForecastTest {
  private static final SandboxSide OPENED = new SandboxSide(5, 8, 5, 0);

  private static ScaleRun run(long elements, int workers, double requestsPerMinute, double cpu) {
    return new ScaleRun(
        elements,
        0,
        new Workers(workers, 2, false, 32, 64),
        new Calls(3, 0, 3, 3, 0.25, 0.04, 1000, 500),
        new ModelQuota(requestsPerMinute, 0),
        new CpuCosts(cpu, cpu / 10, 0),
        OPENED,
        1);
  }

  private static void agrees(ScaleRun run) {
    Forecast reckoned = Forecast.of(run);
    double played = Simulation.of(run).wall();

    assertThat(reckoned.simulated()).isLessThan(run.elements());
    assertThat(reckoned.wall() / played).isWithin(0.02).of(1);
  }

  @Test
  void theMiddleIsReckonedWhereSlotsBoundTheRun() {
    agrees(run(500_000, 40, 0, 0.02));
  }

  @Test
  void theMiddleIsReckonedWhereTheQuotaBoundsTheRun() {
    agrees(run(500_000, 40, 15_000, 0.02));
  }

  @Test
  void theMiddleIsReckonedWhereProcessorsBoundTheRun() {
    agrees(run(500_000, 40, 0, 0.5));
  }

  @Test
  void ofManyWorkersAPartIsPlayed() {
    ScaleRun run = run(500_000_000, 8000, 3_000_000, 0.02);

    Forecast forecast = Forecast.of(run);

    assertThat(forecast.simulated()).isLessThan(1_000_000);
    assertThat(forecast.wall() / Limit.estimate(run)).isWithin(0.05).of(1);
    assertThat(forecast.calls()).isEqualTo(1.5e9);
  }

  @Test
  void theBottleneckIsWhatLetsTheFewestThrough() {
    assertThat(Limit.inOrder(run(1000, 40, 0, 0.02)).get(0).getKey()).isEqualTo(Limit.SLOTS);
    assertThat(Limit.inOrder(run(1000, 40, 600, 0.02)).get(0).getKey())
        .isEqualTo(Limit.MODEL_QUOTA);
    assertThat(Limit.inOrder(run(1000, 40, 0, 0.9)).get(0).getKey()).isEqualTo(Limit.CPU);
  }

  @Test
  void aSandboxQuotaTakesSlotsAway() {
    ScaleRun free = run(1000, 10, 0, 0.02);
    ScaleRun bound =
        new ScaleRun(
            1000,
            0,
            free.workers(),
            free.calls(),
            free.quota(),
            free.cpu(),
            new SandboxSide(5, 8, 5, 25),
            1);

    assertThat(bound.slots()).isEqualTo(10 * 2 * 8);
    assertThat(Limit.inOrder(bound).get(0).getKey()).isEqualTo(Limit.SANDBOX_QUOTA);
  }
}
