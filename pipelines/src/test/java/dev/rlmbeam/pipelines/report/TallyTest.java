package dev.rlmbeam.pipelines.report;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmResult;
import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.rlm.FailureClass;
import dev.rlmbeam.transforms.rlm.Stage;
import dev.rlmbeam.transforms.rlm.StopReason;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TallyTest {
  private static final ModelUsage USED = new ModelUsage(2, 100, 10, 0.5);

  @Test
  void addsUpResultsAndFailures() {
    Tally tally =
        Tally.of(result("a", 1))
            .plus(Tally.of(result("b", 2)))
            .plus(Tally.of(failure("c", FailureClass.DEADLINE)))
            .plus(Tally.NONE);

    assertThat(tally.elements()).isEqualTo(3);
    assertThat(tally.answered()).isEqualTo(2);
    assertThat(tally.failed()).isEqualTo(1);
    assertThat(tally.retried()).isEqualTo(1);
    assertThat(tally.turns()).isEqualTo(8);
    assertThat(tally.stopReasons()).containsExactly(StopReason.ANSWERED, 2L);
    assertThat(tally.totalUsage()).isEqualTo(new ModelUsage(6, 300, 30, 1.5));
    assertThat(tally.elementSeconds()).isEqualTo(4.0);
  }

  @Test
  void theExampleOfAClassDoesNotDependOnTheOrder() {
    Tally one = Tally.of(failure("b", FailureClass.DEADLINE));
    Tally other = Tally.of(failure("a", FailureClass.DEADLINE));

    assertThat(one.plus(other)).isEqualTo(other.plus(one));
    assertThat(one.plus(other).failures().get(FailureClass.DEADLINE).id()).isEqualTo("a");
  }

  @Test
  void whatEndedARunEarlyCountsMoreThanWhatItLedTo() {
    Tally many = Tally.of(result("a", 1));
    for (int i = 0; i < 9; i++) {
      many = many.plus(Tally.of(result("r" + i, 1)));
    }
    Tally oneFailed = many.plus(Tally.of(failure("x", FailureClass.DEADLINE)));
    Tally limited = oneFailed.plus(Tally.of(failure("x", FailureClass.RUN_LIMIT)));
    Tally refused = limited.plus(Tally.of(failure("x", FailureClass.MODEL_REFUSED)));
    Tally stopped = refused.plus(Tally.of(failure("x", FailureClass.CANCELLED)));

    assertThat(Outcome.of(many, 0)).isEqualTo(Outcome.DONE);
    assertThat(Outcome.of(oneFailed, 0.1)).isEqualTo(Outcome.DONE);
    assertThat(Outcome.of(oneFailed, 0.09)).isEqualTo(Outcome.TOO_MANY_FAILED);
    assertThat(Outcome.of(limited, 1)).isEqualTo(Outcome.BRAKE_REACHED);
    assertThat(Outcome.of(refused, 1)).isEqualTo(Outcome.REFUSED);
    assertThat(Outcome.of(stopped, 1)).isEqualTo(Outcome.INTERRUPTED);
    assertThat(Outcome.of(Tally.NONE, 0)).isEqualTo(Outcome.NO_TASKS);
  }

  private static RlmResult result(String id, int attempts) {
    return new RlmResult(
        id, "answer", StopReason.ANSWERED, 3, 1, Map.of("m", USED), 1.5, attempts, "run");
  }

  private static RlmFailure failure(String id, FailureClass errorClass) {
    return new RlmFailure(
        id, errorClass, "why", Stage.RUN, "", 1, "", 2, 0, Map.of("m", USED), 1, "run");
  }
}
