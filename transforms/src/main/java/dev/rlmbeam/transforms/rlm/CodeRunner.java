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
import java.util.Optional;
import java.util.Set;

/** Runs code in the session of one run, within the run's deadline. One thread at a time. */
final class CodeRunner {
  private static final int STDERR_TAIL = 2_000;

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
    ExecutionResult result = guarded(() -> session.setUp(code, timeout), Stage.SETUP);
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
   * Runs a code block.
   *
   * @throws RunFailure when the sandbox is lost or a sub-call has failed for good in the meantime
   */
  ExecutionResult execute(String code, Duration timeout) throws InterruptedException {
    return guarded(() -> session.execute(code, timeout), Stage.EXECUTE);
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

  private ExecutionResult guarded(BlockGuard.Block block, Stage stage) throws InterruptedException {
    try {
      Optional<ExecutionResult> result = guard.run(block);
      if (result.isPresent()) {
        return result.get();
      }
    } catch (SandboxException e) {
      throw RunFailure.of(e, stage);
    }
    requireNoFatal();
    throw new IllegalStateException("a block without a result must have a fatal sub-call");
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
