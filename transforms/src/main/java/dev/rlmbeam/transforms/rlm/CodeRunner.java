package dev.rlmbeam.transforms.rlm;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.sandbox.repl.ExecutionResult.Outcome;
import dev.rlmbeam.sandbox.repl.ReplSession;
import dev.rlmbeam.sandbox.repl.Variable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Runs code in the session of one run, within the run's deadline. One thread at a time. */
final class CodeRunner {
  private static final int STDERR_TAIL = 2_000;

  /** What the agent is told of a block without a limit of its own: the agent takes a week. */
  private static final Duration LONGEST = Duration.ofDays(7);

  private final ReplSession session;
  private final RlmSettings settings;
  private final Deadline deadline;
  private final BlockGuard guard;
  private final String subModel;
  private Set<String> setupNames = Set.of();

  CodeRunner(
      ReplSession session,
      RlmSettings settings,
      Deadline deadline,
      BlockGuard guard,
      String subModel) {
    this.session = session;
    this.settings = settings;
    this.deadline = deadline;
    this.guard = guard;
    this.subModel = subModel;
  }

  /**
   * Runs the setup code, if there is any.
   *
   * @throws RunFailure when it does not run through
   */
  void setUp() throws InterruptedException {
    String code = settings.setupCode();
    if (code.isBlank()) {
      return;
    }
    Duration timeout = timeout(Stage.SETUP);
    ExecutionResult result = runSetup(code, timeout);
    requireNoFatal();
    if (result.outcome() == Outcome.OK) {
      setupNames = result.variables().stream().map(Variable::name).collect(toUnmodifiableSet());
      return;
    }
    if (deadline.passed()) {
      throw overdue(Stage.SETUP);
    }
    List<String> said = new ArrayList<>();
    said.add("the setup code (setupCode) failed");
    result.error().map(ReplOutput::traceback).ifPresent(said::add);
    said.addAll(ReplOutput.whatHappened(result, timeout));
    if (!result.stderr().isBlank()) {
      said.add(CodePoints.tail(result.stderr().stripTrailing(), STDERR_TAIL));
    }
    throw new RunFailure(FailureClass.SETUP_FAILED, Stage.SETUP, String.join("\n", said));
  }

  /** Variables that the setup code makes, in a restarted session too. */
  Set<String> setupNames() {
    return setupNames;
  }

  /** The time that a block has from now on. */
  Duration timeout() {
    return timeout(Stage.EXECUTE);
  }

  /**
   * Runs a code block. When a sub-call fails for good in the meantime, or the block takes longer
   * than {@code timeout} (see {@link BlockGuard}), it is ended early, and what came of it until
   * then is its result: an answer that it had set counts.
   *
   * @throws RunFailure when the sandbox is lost
   */
  ExecutionResult execute(String code, Duration timeout) throws InterruptedException {
    requireNoFatal();
    guard.begin(timeout);
    Duration most = deadline.atMost(LONGEST);
    if (most.isZero() || most.isNegative()) {
      throw overdue(Stage.EXECUTE);
    }
    try {
      return session.execute(code, most, guard::over);
    } catch (SandboxException e) {
      throw RunFailure.of(e, Stage.EXECUTE);
    }
  }

  /**
   * Called when a block has ended without an answer.
   *
   * @throws RunFailure when a sub-call has failed for good
   */
  void requireNoFatal() {
    guard
        .fatal()
        .ifPresent(
            e -> {
              throw RunFailure.of(e, subModel, Stage.SUB_CALL);
            });
  }

  private ExecutionResult runSetup(String code, Duration timeout) throws InterruptedException {
    try {
      return session.setUp(code, timeout);
    } catch (SandboxException e) {
      throw RunFailure.of(e, Stage.SETUP);
    }
  }

  private Duration timeout(Stage stage) {
    Duration timeout = deadline.atMost(settings.blockTimeout());
    if (timeout.isZero() || timeout.isNegative()) {
      throw overdue(stage);
    }
    return timeout;
  }

  private RunFailure overdue(Stage stage) {
    return RunFailure.deadline(
        deadline, stage, stage == Stage.SETUP ? "running the setup code" : "running code");
  }
}
