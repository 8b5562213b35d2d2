package dev.rlmbeam.pipelines.flink;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.options.UsageException;
import java.io.IOException;
import java.util.Map;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said of a cluster before a job goes there. */
@Timeout(60)
final class FlinkSiteTest {
  private static final Map<String, String> GOOD =
      Map.of(
          "restart-strategy.type", "fixed-delay",
          "taskmanager.load-balance.mode", "SLOTS",
          "taskmanager.network.sort-shuffle.min-buffers", "64");

  private static FlinkSite site(int free, long networkMib, Map<String, String> settings) {
    return new FlinkSite("1.19.3", 2, 8, free, networkMib << 20, settings);
  }

  @Test
  void aGoodClusterTakesTheJobWithoutAWord() {
    FlinkSite good = site(8, 256, GOOD);

    assertThat(good.fittingParallelism()).isEqualTo(4);
    assertThat(good.check(4, false)).isEmpty();
  }

  @Test
  void whatCannotWorkNamesTheSetting() {
    assertThat(refusal(new FlinkSite("2.1.0", 2, 8, 8, 0, GOOD), 4))
        .contains("Flink 2.1.0; this job is built for Flink 1.19");
    assertThat(refusal(site(8, 256, GOOD), 9)).contains("taskmanager.numberOfTaskSlots");
    assertThat(refusal(site(3, 256, GOOD), 4)).contains("only 3 of 8 are free");
    assertThat(refusal(new FlinkSite("1.19.1", 0, 0, 0, 0, GOOD), 1)).contains("has 0");
  }

  @Test
  void tooLittleNetworkMemoryNamesBothOfItsSettings() {
    // Measured: with Flink's 512 buffers, 64 MiB for two slots did not do, 192 did.
    Map<String, String> usual =
        Map.of("restart-strategy.type", "fixed-delay", "cluster.evenly-spread-out-slots", "true");
    String refused = refusal(new FlinkSite("1.19.3", 2, 4, 4, 64L << 20, usual), 2);

    assertThat(refused).contains("taskmanager.memory.network.max");
    assertThat(refused).contains("taskmanager.network.sort-shuffle.min-buffers (now 512)");
    assertThat(new FlinkSite("1.19.3", 2, 4, 4, 192L << 20, usual).check(2, false)).isEmpty();
  }

  @Test
  void whatMayGoWrongIsANotice() {
    FlinkSite bare = site(8, 512, Map.of());

    assertThat(bare.check(4, true)).hasSize(3);
    assertThat(bare.check(4, true).get(0)).contains("taskmanager.load-balance.mode: SLOTS");
    assertThat(bare.check(4, true).get(1)).contains("adaptive.auto-parallelism.enabled: false");
    assertThat(bare.check(8, false)).hasSize(1);
    assertThat(bare.check(8, false).get(0)).contains("restart-strategy.type: fixed-delay");
    assertThat(site(8, 512, GOOD).check(8, false).get(0)).contains("with --parallelism=4");
  }

  @Test
  void aClusterThatStartsTaskManagersForJobsTakesTheJobBeforeTheyAreThere() {
    Map<String, String> settings =
        Map.of(
            "kubernetes.cluster-id", "rlm-session",
            "taskmanager.numberOfTaskSlots", "2",
            "slotmanager.number-of-slots.max", "16",
            "restart-strategy.type", "fixed-delay");
    FlinkSite atRest = new FlinkSite("1.19.3", 0, 0, 0, 0, settings);

    assertThat(atRest.fittingParallelism()).isEqualTo(4);
    assertThat(atRest.check(4, false)).hasSize(1);
    assertThat(atRest.check(4, false).get(0)).contains("0 slots are free of the 4");
    assertThat(atRest.mostTaskManagers(4)).isEqualTo(4);
    assertThat(refusal(atRest, 17)).contains("may have 16 (slotmanager.number-of-slots.max)");
    // One is left from the job before: as many subtasks as with none.
    FlinkSite idle = new FlinkSite("1.19.3", 1, 2, 2, 0, settings);
    assertThat(idle.fittingParallelism()).isEqualTo(4);
    assertThat(idle.check(2, false)).isEmpty();
    FlinkSite warm = new FlinkSite("1.19.3", 8, 16, 16, 0, settings);
    assertThat(warm.fittingParallelism()).isEqualTo(14);
    assertThat(site(8, 256, GOOD).mostTaskManagers(4)).isEqualTo(2);
  }

  @Test
  void eachTaskManagerGetsAsManySubtasks() {
    assertThat(new FlinkSite("1.19.3", 3, 6, 6, 0, GOOD).fittingParallelism()).isEqualTo(3);
    assertThat(new FlinkSite("1.19.3", 3, 12, 12, 0, GOOD).fittingParallelism()).isEqualTo(6);
    assertThat(new FlinkSite("1.19.3", 3, 3, 3, 0, GOOD).fittingParallelism()).isEqualTo(2);
    assertThat(new FlinkSite("1.19.3", 1, 4, 4, 0, GOOD).fittingParallelism()).isEqualTo(4);
  }

  private static String refusal(FlinkSite site, int parallelism) {
    return assertThrows(UsageException.class, () -> site.check(parallelism, false)).getMessage();
  }

  @Test
  void aClusterIsReadFromItsRestInterface() throws IOException {
    try (MockWebServer server = new MockWebServer()) {
      Map<String, String> pages =
          Map.of(
              "/overview",
              "{\"taskmanagers\":2,\"slots-total\":8,\"slots-available\":5,\"flink-version\":\"1.19.3\"}",
              "/jobmanager/config",
              "[{\"key\":\"restart-strategy.type\",\"value\":\"fixed-delay\"}]",
              "/taskmanagers",
              "{\"taskmanagers\":[{\"memoryConfiguration\":{\"networkMemory\":300}},"
                  + "{\"memoryConfiguration\":{\"networkMemory\":200}}]}");
      server.setDispatcher(
          new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
              return new MockResponse().setBody(pages.get(request.getPath()));
            }
          });
      server.start();

      FlinkSite found = FlinkSite.find("127.0.0.1:" + server.getPort()).orElseThrow();

      assertThat(found)
          .isEqualTo(
              new FlinkSite(
                  "1.19.3", 2, 8, 5, 200, Map.of("restart-strategy.type", "fixed-delay")));
    }
    assertThat(FlinkSite.find("127.0.0.1:1").isPresent()).isFalse();
    assertThat(FlinkSite.find("[local]").isPresent()).isFalse();
  }

  @Test
  void whyNoClusterAnswersIsSaid() throws IOException {
    assertThat(absent("127.0.0.1:1")).contains("(nothing listens, or");
    assertThat(absent("no-such-host.invalid:8081")).contains("(there is no such host)");
    assertThat(absent("a b")).contains("no Flink answers there");
    try (MockWebServer server = new MockWebServer()) {
      server.enqueue(
          new MockResponse().setResponseCode(401).setBody("who\n are you? " + "x".repeat(900)));
      server.start();

      String refused = absent("http://127.0.0.1:" + server.getPort());

      assertThat(refused).contains("/overview answered 401: who are you? xxx");
      assertThat(refused.length()).isLessThan(500);
    }
  }

  private static String absent(String master) {
    return assertThrows(UsageException.class, () -> FlinkSite.require(master)).getMessage();
  }
}
