package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.pipelines.report.ReadMonitor;
import dev.rlmbeam.transforms.MonitoredRun;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RunMonitor;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ProgressScreenTest {
  private static final String RUN = "run-progress-screen";
  private static final String ERASE_LINE = "\r\u001b[K";
  private static final String NOTHING_YET =
      "0/0 done, 0 in flight, 0 failed, 0 model calls, 0 tokens, 0:00, 0.0/s";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);

  @AfterEach
  void forget() {
    RunMonitor.of(RUN).end();
    ReadMonitor.end(RUN);
  }

  @Test
  void aTerminalsLineIsDrawnAgainAndIsGoneAtTheEnd() {
    ProgressScreen screen = terminal(200);

    screen.show();
    MonitoredRun.begin(RUN);
    ReadMonitor.of(RUN).read();
    pass(Duration.ofSeconds(65));
    screen.show();
    screen.close();

    assertThat(err())
        .isEqualTo(
            ERASE_LINE
                + NOTHING_YET
                + ERASE_LINE
                + "0/1 done, 1 in flight, 0 failed, 0 model calls, 0 tokens, 1:05, 0.0/s"
                + ERASE_LINE);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void aTerminalsLineNeverFillsItsLastColumn() {
    for (int columns : new int[] {80, NOTHING_YET.length(), 40, 20, 8, 2}) {
      err.reset();

      terminal(columns).show();

      int fits = Math.min(NOTHING_YET.length(), columns - 1);
      assertThat(err()).isEqualTo(ERASE_LINE + NOTHING_YET.substring(0, fits));
    }
  }

  @Test
  void whatIsSaidOnATerminalStandsInALineOfItsOwn() {
    ProgressScreen screen = terminal(20);
    screen.show();
    err.reset();

    screen.say("a line that is longer than the terminal is wide");

    assertThat(err()).isEqualTo(ERASE_LINE + "a line that is longer than the terminal is wide\n");
  }

  @Test
  void elsewhereAPlainLineEveryTenSeconds() {
    ProgressScreen screen = plain();
    screen.show();
    pass(Duration.ofMillis(9_999));
    screen.show();
    assertThat(err()).isEmpty();

    pass(Duration.ofMillis(1));
    screen.show();
    screen.show();
    assertThat(err()).isEqualTo(NOTHING_YET.replace("0:00", "0:10") + "\n");

    pass(Duration.ofMillis(9_999));
    screen.show();
    assertThat(lines()).hasSize(1);
    pass(Duration.ofMillis(1));
    screen.show();
    screen.close();
    assertThat(lines()).hasSize(2);
    assertThat(lines().get(1)).contains(", 0:20, ");
    assertThat(err()).doesNotContain("\u001b");
  }

  @Test
  void theFirstFiveFailuresOfRowsAndElementsTogetherAreSaidOnce() {
    ProgressScreen screen = plain();
    for (int i = 0; i < 3; i++) {
      ReadMonitor.of(RUN).fail(failure("row" + i, "row " + i + " is no JSON"));
    }
    screen.show();
    for (int i = 0; i < 4; i++) {
      MonitoredRun.fail(failure("element" + i, "element " + i + " took too long"));
    }
    screen.show();
    screen.show();

    List<String> said = lines().stream().filter(line -> line.startsWith("failed: ")).toList();
    assertThat(said).hasSize(5);
    assertThat(err()).contains("row 2 is no JSON");
    assertThat(err()).contains("element 1 took too long");
    assertThat(err()).doesNotContain("element 2");
  }

  @Test
  void whatTheRunsEndCancelsIsNoNews() {
    ProgressScreen screen = plain();
    MonitoredRun.fail(
        RlmFailure.ofInput("c", FailureClass.CANCELLED, "the run was stopped", "f:1", RUN));

    screen.show();

    assertThat(err()).isEmpty();
  }

  @Test
  void aMessageThatWasJustSaidIsNotRepeated() {
    ProgressScreen screen = plain();
    MonitoredRun.fail(failure("a", "the service is down"));
    MonitoredRun.fail(failure("b", "the service is down"));
    MonitoredRun.fail(failure("c", "the context is empty"));
    MonitoredRun.fail(failure("d", "the service is down"));

    screen.show();

    assertThat(lines())
        .containsExactly(
            "failed: f:a (id a): CONTEXT_INVALID at input",
            "  the service is down",
            "failed: f:b (id b): CONTEXT_INVALID at input: the same",
            "failed: f:c (id c): CONTEXT_INVALID at input",
            "  the context is empty",
            "failed: f:d (id d): CONTEXT_INVALID at input",
            "  the service is down")
        .inOrder();
  }

  @Test
  void noticesAreSaidOnceEach() {
    ProgressScreen screen = plain();
    MonitoredRun.notice(RUN, "isolation is element: no uids");
    screen.show();
    MonitoredRun.notice(RUN, "isolation is element: no uids");
    MonitoredRun.notice(RUN, "another");
    screen.show();

    assertThat(lines()).containsExactly("isolation is element: no uids", "another").inOrder();
  }

  @Test
  void anOpenScreenDrawsByItselfUntilItIsClosed() throws InterruptedException {
    CountDownLatch drawn = new CountDownLatch(3);
    PrintStream counting =
        new PrintStream(err, true, StandardCharsets.UTF_8) {
          @Override
          public void print(String text) {
            super.print(text);
            drawn.countDown();
          }
        };
    ProgressScreen screen =
        ProgressScreen.open(
            ProgressSource.ofProcess(RUN),
            new Console(
                InputStream.nullInputStream(),
                print(out),
                counting,
                false,
                true,
                false,
                false,
                80));

    assertThat(drawn.await(30, TimeUnit.SECONDS)).isTrue();
    screen.close();

    assertThat(err()).endsWith(ERASE_LINE);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static RlmFailure failure(String id, String message) {
    return RlmFailure.ofInput(id, FailureClass.CONTEXT_INVALID, message, "f:" + id, RUN);
  }

  private ProgressScreen terminal(int columns) {
    return screen(
        new Console(
            InputStream.nullInputStream(),
            print(out),
            print(err),
            false,
            true,
            false,
            false,
            columns));
  }

  private ProgressScreen plain() {
    return screen(
        new Console(
            InputStream.nullInputStream(), print(out), print(err), false, false, false, false, 80));
  }

  private ProgressScreen screen(Console console) {
    return new ProgressScreen(ProgressSource.ofProcess(RUN), console, nanos::get);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private List<String> lines() {
    return err().lines().toList();
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
