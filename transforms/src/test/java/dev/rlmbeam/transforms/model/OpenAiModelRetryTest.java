package dev.rlmbeam.transforms.model;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the next attempt is made. */
@Timeout(60)
class OpenAiModelRetryTest extends OpenAiModelTestBase {

  @Test
  void waitsLongerEachTimeAndThenAnswers() throws InterruptedException {
    ModelServer server =
        serve(
            call ->
                call.number() <= 3
                    ? ServerReply.error(503, "overloaded", "later")
                    : ServerReply.text("at last"));

    assertThat(model().generate(asking("x")).text()).isEqualTo("at last");

    assertThat(server.calls()).isEqualTo(4);
    assertThat(clock.sleeps)
        .containsExactly(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2))
        .inOrder();
  }

  @Test
  void aRandomHalfIsTakenOffTheDelayAndItDoesNotGrowForEver() {
    assertThat(RetryDelays.after(1, Optional.empty(), 0.5)).isEqualTo(Duration.ofMillis(375));
    assertThat(RetryDelays.after(1, Optional.empty(), 0.999)).isGreaterThan(Duration.ofMillis(249));
    assertThat(RetryDelays.after(60, Optional.empty(), 0)).isEqualTo(Duration.ofSeconds(16));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Retry-After|7|7000",
        "Retry-After|1.5|1500",
        "Retry-After|0|500",
        "Retry-After|Sun, 01 Mar 2026 12:00:09 GMT|9000",
        "Retry-After|Sun, 01 Mar 2026 11:00:00 GMT|500",
        "retry-after-ms|250|250",
        "Retry-After|soon|500",
        "Retry-After|-3|500",
        "Retry-After|NaN|500",
      })
  void waitsAsLongAsTheServiceAsks(String header, String value, long millis)
      throws InterruptedException {
    serve(
        call ->
            call.number() == 1
                ? ServerReply.error(429, "rate_limit_exceeded", "later").header(header, value)
                : ServerReply.text("ok"));

    assertThat(model().generate(asking("x")).text()).isEqualTo("ok");

    assertThat(clock.sleeps).containsExactly(Duration.ofMillis(millis));
  }

  @Test
  void aLongerRetryAfterThanTheTimeLeftFailsAtOnceAndSaysSo() {
    ModelServer server =
        serve(
            call ->
                ServerReply.error(429, "rate_limit_exceeded", "later").header("Retry-After", "61"));

    ModelException e = failure(model(), asking("x", Duration.ofSeconds(60)));

    assertThat(e.kind()).isEqualTo(Kind.RATE_LIMITED);
    assertThat(e).hasMessageThat().contains("the next attempt is due in 61.0 s");
    assertThat(clock.sleeps).isEmpty();
    assertThat(server.calls()).isEqualTo(1);
  }

  @Test
  void theDeadlineIsForAllAttemptsTogether() {
    ModelServer server = serve(call -> ServerReply.error(500, "x", "broken"));

    ModelException e = failure(model(s -> s.maxRetries(100)), asking("x", Duration.ofSeconds(10)));

    // 0.5 + 1 + 2 + 4 = 7.5 s; the next 8 s would end after 15.5 s.
    assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(server.calls()).isEqualTo(5);
  }

  @Test
  void noRetriesMeansOneCall() {
    ModelServer server = serve(call -> ServerReply.error(429, "rate_limit_exceeded", "later"));

    ModelException e = failure(model(s -> s.maxRetries(0)), asking("x"));

    assertThat(e.kind()).isEqualTo(Kind.RATE_LIMITED);
    assertThat(server.calls()).isEqualTo(1);
    assertThat(clock.sleeps).isEmpty();
  }

  @Test
  void noRetriesMeansOneCallAlsoWhenAKeptConnectionIsReset() throws InterruptedException {
    ModelServer server =
        serve(call -> call.number() == 1 ? ServerReply.text("ok") : ServerReply.reset());
    LanguageModel model = model(s -> s.maxRetries(0));
    model.generate(asking("x"));

    ModelException e = failure(model, asking("y"));

    assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(server.calls()).isEqualTo(2);
  }

  @Test
  void noRetriesMeansOneCallAlsoWhenTheServiceSaysAtOnce() {
    // okhttp by itself repeats a 503 with Retry-After: 0.
    ModelServer server =
        serve(call -> ServerReply.error(503, "x", "now").header("Retry-After", "0"));

    failure(model(s -> s.maxRetries(0)), asking("x"));

    assertThat(server.calls()).isEqualTo(1);
  }

  @Test
  void theServicesNoToARetryIsKept() {
    ModelServer server =
        serve(call -> ServerReply.error(500, "x", "no").header("x-should-retry", "false"));

    failure(model(), asking("x"));

    assertThat(server.calls()).isEqualTo(1);
  }

  @Test
  void whatAFailedAttemptCostIsPartOfTheUsage() throws InterruptedException {
    serve(
        call ->
            call.number() == 1
                ? ServerReply.body(
                    200,
                    "{\"error\":{\"code\":502,\"message\":\"m\"},\"usage\":{\"prompt_tokens\":5,"
                        + "\"completion_tokens\":2,\"cost\":0.5}}")
                : ServerReply.text("four"));

    ModelUsage usage = model().generate(asking("x")).usage();

    assertThat(usage).isEqualTo(new ModelUsage(1, 15, 3, 0.5));
  }
}
