package dev.rlmbeam.transforms.model;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each answer of a service means: the kind, and how often it was asked. */
@Timeout(60)
class OpenAiModelErrorsTest extends OpenAiModelTestBase {

  @ParameterizedTest
  @CsvSource({
    "400, context_length_exceeded, BAD_REQUEST, 1",
    "400, model_not_found, REFUSED, 1",
    "401, invalid_api_key, REFUSED, 1",
    "402, insufficient_credits, REFUSED, 1",
    "403, unsupported_country, REFUSED, 1",
    "404, model_not_found, REFUSED, 1",
    "405, x, REFUSED, 1",
    "408, x, UNAVAILABLE, 3",
    "409, x, UNAVAILABLE, 3",
    "413, x, BAD_REQUEST, 1",
    "422, x, BAD_REQUEST, 1",
    "429, rate_limit_exceeded, RATE_LIMITED, 3",
    "429, insufficient_quota, REFUSED, 1",
    "500, x, UNAVAILABLE, 3",
    "502, x, UNAVAILABLE, 3",
    "503, x, UNAVAILABLE, 3",
    "529, x, UNAVAILABLE, 3",
  })
  void decidesByStatusAndCode(int status, String code, Kind kind, int calls) {
    ModelServer server = serve(call -> ServerReply.error(status, code, "the service's words"));

    ModelException e = failure(model(s -> s.maxRetries(2)), asking("x"));

    assertThat(e.kind()).isEqualTo(kind);
    assertThat(e.status()).hasValue(status);
    assertThat(e.fatal()).isEqualTo(kind == Kind.REFUSED);
    assertThat(e).hasMessageThat().contains("the service's words");
    assertThat(e).hasMessageThat().contains(server.baseUrl());
    assertThat(server.calls()).isEqualTo(calls);
  }

  @Test
  void failedCallsTellWhatTheyWereCharged() {
    String charged =
        "{\"choices\":[{\"finish_reason\":\"content_filter\",\"message\":{\"content\":\"\"}}],"
            + "\"usage\":{\"prompt_tokens\":900,\"completion_tokens\":5,\"cost\":0.25}}";
    serve(call -> ServerReply.body(200, charged));

    ModelException e = failure(model(), asking("x"));

    assertThat(e.kind()).isEqualTo(Kind.BAD_REQUEST);
    assertThat(e.usage()).isEqualTo(new ModelUsage(0, 900, 5, 0.25));
  }

  @Test
  void eachFailureNamesPlaceAndCure() {
    ModelServer server = serve(call -> ServerReply.body(200, "data: {\"choices\":[]}\n\n"));
    LanguageModel model = model(s -> s.maxRetries(0));

    assertThat(failure(model, asking("x"))).hasMessageThat().contains("; check that the base URL");
    server.close();
    ModelException down = failure(model, asking("x"));
    assertThat(down.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(down).hasMessageThat().contains(server.baseUrl());
    assertThat(down).hasMessageThat().contains("; check that the service runs");
  }

  @Test
  void onePromptThatModerationFlaggedIsNotTheEndOfTheRun() {
    serve(
        call ->
            ServerReply.body(
                403,
                "{\"error\":{\"code\":403,\"message\":\"flagged\","
                    + "\"metadata\":{\"reasons\":[\"x\"],\"flagged_input\":\"y\"}}}"));

    assertThat(failure(model(), asking("x")).kind()).isEqualTo(Kind.BAD_REQUEST);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"error\":{\"code\":429,\"message\":\"slow\"}}|RATE_LIMITED|429",
        "{\"error\":{\"code\":401,\"message\":\"no\"}}|REFUSED|401",
        "{\"error\":{\"message\":\"upstream failed\"}}|UNAVAILABLE|200",
        "{\"error\":\"upstream failed\"}|UNAVAILABLE|200",
        "{\"choices\":[{\"finish_reason\":\"error\",\"error\":{\"code\":502,\"message\":\"m\"},"
            + "\"message\":{\"content\":\"\"}}]}|UNAVAILABLE|502",
      })
  void findsAnErrorInA200(String body, Kind kind, int status) {
    serve(call -> ServerReply.body(200, body));

    ModelException e = failure(model(s -> s.maxRetries(0)), asking("x"));

    assertThat(e.kind()).isEqualTo(kind);
    assertThat(e.status()).hasValue(status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<html>hello</html>|no JSON",
        "''|no JSON",
        "{\"choices\":[]}|no choices",
        "{\"choices\":[{}]}|no choices",
        "[1,2]|no choices",
        "null|no choices",
        "data: {\"choices\":[]}|no JSON",
      })
  void anAnswerThatIsNoneIsABadResponseAndIsNotBoughtTwice(String body, String why) {
    ModelServer server = serve(call -> ServerReply.body(200, body));

    ModelException e = failure(model(), asking("x"));

    assertThat(e.kind()).isEqualTo(Kind.BAD_RESPONSE);
    assertThat(e).hasMessageThat().contains(why);
    assertThat(server.calls()).isEqualTo(1);
  }

  @Test
  void anAnswerThatTheFilterTookAwayIsABadRequest() {
    serve(
        call ->
            ServerReply.body(
                200,
                "{\"choices\":[{\"message\":{\"content\":null},"
                    + "\"finish_reason\":\"content_filter\"}]}"));

    assertThat(failure(model(), asking("x")).kind()).isEqualTo(Kind.BAD_REQUEST);
  }

  @Test
  void aTruncatedBodyIsTriedAgainAndThenABadResponse() {
    ModelServer server = serve(call -> ServerReply.text("half of this").cutOff());

    ModelException e = failure(model(s -> s.maxRetries(1)), asking("x"));

    assertThat(e.kind()).isEqualTo(Kind.BAD_RESPONSE);
    assertThat(e).hasMessageThat().contains("cut off");
    assertThat(server.calls()).isEqualTo(2);
  }

  @Test
  void aResetIsTriedAgainAndThenUnavailable() {
    ModelServer server = serve(call -> ServerReply.reset());

    ModelException e = failure(model(s -> s.maxRetries(2)), asking("x"));

    assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(e.status()).isEmpty();
    assertThat(server.calls()).isEqualTo(3);
  }

  @Test
  void nobodyThereIsUnavailableAfterAllRetries() {
    ModelServer server = serve(call -> ServerReply.text("x"));
    LanguageModel model = model(s -> s.maxRetries(2));
    server.close();

    ModelException e = failure(model, asking("x"));

    assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(e).hasMessageThat().contains("3 attempts");
    assertThat(clock.sleeps).hasSize(2);
  }

  @Test
  void anAnswerThatNeverComesIsATimeoutAndIsNotTriedAgain() {
    ModelServer server = serve(call -> ServerReply.never());

    ModelException e = failure(model(), asking("x", Duration.ofMillis(150)));

    assertThat(e.kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(server.calls()).isEqualTo(1);
  }

  @Test
  void aBodyThatStallsIsATimeout() {
    serve(call -> ServerReply.text("slow").pausing(Duration.ofSeconds(30)));

    ModelException e = failure(model(), asking("x", Duration.ofMillis(150)));

    assertThat(e.kind()).isEqualTo(Kind.TIMEOUT);
  }

  @Test
  void theModelsOwnTimeoutBoundsAnAttempt() {
    serve(call -> ServerReply.never());

    ModelException e = failure(model(s -> s.timeout(Duration.ofMillis(100))), asking("x"));

    assertThat(e.kind()).isEqualTo(Kind.TIMEOUT);
  }

  @Test
  void noTimeLeftMeansNothingIsSent() {
    ModelServer server = serve(call -> ServerReply.text("x"));

    ModelException e = failure(model(), asking("x", Duration.ZERO));

    assertThat(e.kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(server.calls()).isEqualTo(0);
  }

  @Test
  void aRedirectIsRefusedAndNamesWhereItLeads() {
    serve(call -> ServerReply.body(301, "").header("Location", "https://elsewhere.example/v1"));

    ModelException e = failure(model(), asking("x"));

    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(e).hasMessageThat().contains("https://elsewhere.example/v1");
  }

  @Test
  void messagesSayWhatToDo() {
    serve(call -> ServerReply.error((int) (400 + call.number()), "x", "no"));
    LanguageModel model = model();

    String at401 = failure(model, asking("1")).getMessage();
    failure(model, asking("2"));
    failure(model, asking("3"));
    String at404 = failure(model, asking("4")).getMessage();

    assertWithMessage("401").that(at401).contains("check the key from env:OPENAI_API_KEY");
    assertWithMessage("404").that(at404).contains("check the model's name and the base URL");
  }
}
