package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.sandbox.repl.ExecutionResult.Answer;
import dev.rlmbeam.sandbox.repl.LoadedContext;
import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.ModelResponse;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectorySink;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The turns of one run: ask the root model, run its code, show it what came of it. One thread at a
 * time.
 */
final class Turns {
  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);
  private static final int EMPTY_REPLIES = 3;

  private final RlmQuestion question;
  private final RlmSettings settings;
  private final RootModel root;
  private final Deadline deadline;
  private final TrajectorySink sink;
  private final TurnWatcher watcher;
  private final Clock clock;
  private final TurnPrompts prompts;
  private final Conversation conversation = new Conversation();
  private List<String> notes = List.of();
  private String lastResponse = "";
  private String lastContent = "";
  private int emptyReplies;
  private int count;

  Turns(
      RlmQuestion question,
      RlmSettings settings,
      RootModel root,
      Deadline deadline,
      TrajectorySink sink,
      TurnWatcher watcher,
      Clock clock) {
    this.question = question;
    this.settings = settings;
    this.root = root;
    this.deadline = deadline;
    this.sink = sink;
    this.watcher = watcher;
    this.clock = clock;
    this.prompts = new TurnPrompts(settings.maxTurns());
  }

  /** Root responses so far. */
  int count() {
    return count;
  }

  /** What the code had set as its answer, else the last response; empty if there is neither. */
  Optional<String> partialAnswer() {
    String partial = lastContent.isBlank() ? lastResponse : lastContent;
    return partial.isBlank() ? Optional.empty() : Optional.of(partial);
  }

  /**
   * Goes on until there is an answer or all turns are used.
   *
   * @return the answer, or empty when all turns are used
   * @throws RunFailure when neither can be reached
   */
  Optional<String> run(List<LoadedContext> contexts, CodeRunner code, BlockLog blockLog)
      throws InterruptedException {
    String questionMessage = prompts.question(question, contexts);
    conversation.add(ChatMessage.system(SystemPrompt.of(settings)));
    conversation.add(ChatMessage.user(questionMessage));
    for (int number = 1; number <= settings.maxTurns(); number++) {
      String opening = prompts.turn(number, question, questionMessage, notes);
      conversation.add(ChatMessage.user(opening));
      TurnLog log = new TurnLog(number, clock.instant(), conversation.snapshot());
      Optional<String> answer = recorded(log, () -> turn(log, code, blockLog), true);
      LOG.debug("question={} turn={} answered={}", question.id(), number, answer.isPresent());
      if (answer.isPresent()) {
        return answer;
      }
    }
    return Optional.empty();
  }

  /**
   * Asks for the answer itself, once all turns are used. Its text is the answer; code in it is not
   * run.
   */
  String defaultAnswer() throws InterruptedException {
    conversation.add(ChatMessage.user(prompts.defaultAnswer()));
    int number = settings.maxTurns() + 1;
    TurnLog log = new TurnLog(number, clock.instant(), conversation.snapshot());
    return recorded(log, () -> Optional.of(askForAnswer(log)), false).orElseThrow();
  }

  private String askForAnswer(TurnLog log) throws InterruptedException {
    String text = answered(log).text();
    if (text.isBlank()) {
      throw new RunFailure(
          FailureClass.MODEL_EMPTY,
          Stage.MODEL,
          "all "
              + settings.maxTurns()
              + " turns (maxTurns) were used without an answer, and the"
              + " reply of the root model "
              + root.name()
              + " to the request for a final one was empty; raise maxTurns, or take another root"
              + " model");
    }
    return text;
  }

  private Optional<String> turn(TurnLog log, CodeRunner code, BlockLog blockLog)
      throws InterruptedException {
    ModelResponse response = answered(log);
    count++;
    if (response.text().isBlank()) {
      countEmptyReply();
      notes = List.of(TurnNotes.emptyReply(response.truncated()));
      return Optional.empty();
    }
    emptyReplies = 0;
    lastResponse = response.text();
    conversation.add(ChatMessage.assistant(response.text()));
    ResponseCode parsed = ResponseCode.parse(response.text(), response.truncated());
    notes = TurnNotes.on(parsed, response.truncated());
    return runBlocks(parsed.blocks(), log, code, blockLog);
  }

  private ModelResponse answered(TurnLog log) throws InterruptedException {
    Duration start = deadline.elapsed();
    ModelResponse response = root.ask(log.prompt());
    log.response(response.text());
    watcher.responded(log.number(), response.text(), deadline.elapsed().minus(start));
    return response;
  }

  private Optional<String> runBlocks(
      List<String> blocks, TurnLog log, CodeRunner code, BlockLog blockLog)
      throws InterruptedException {
    List<String> outputs = new ArrayList<>();
    List<String> skipped = List.of();
    for (String block : blocks) {
      Duration timeout = code.timeout();
      watcher.running(block);
      ExecutionResult result = execute(block, timeout, log, code, blockLog);
      outputs.add(ReplOutput.block(result, timeout, code.setupNames()));
      Optional<String> answer = answerOf(result);
      watcher.ran(
          log.block(block, result, blockLog.contextPreview(), blockLog.calls().drain(), answer));
      if (answer.isPresent()) {
        return answer;
      }
      code.requireNoFatal();
      int left = blocks.size() - outputs.size();
      if (result.restarted() && left > 0) {
        // They were written for a state that is gone: what they would do now, nobody meant.
        skipped = List.of(TurnNotes.skipped(left));
        break;
      }
    }
    if (!outputs.isEmpty()) {
      conversation.add(ChatMessage.user(ReplOutput.message(outputs, skipped)));
    }
    return Optional.empty();
  }

  private ExecutionResult execute(
      String block, Duration timeout, TurnLog log, CodeRunner code, BlockLog blockLog)
      throws InterruptedException {
    Duration start = deadline.elapsed();
    try {
      return code.execute(block, timeout);
    } catch (RunFailure e) {
      watcher.ran(
          log.unfinishedBlock(
              block,
              e.text(),
              blockLog.contextPreview(),
              blockLog.calls().drain(),
              deadline.elapsed().minus(start)));
      throw e;
    }
  }

  private Optional<String> answerOf(ExecutionResult result) {
    Optional<Answer> answer = result.answer();
    answer.map(Answer::content).filter(text -> !text.isBlank()).ifPresent(t -> lastContent = t);
    return answer.filter(Answer::ready).map(Answer::content);
  }

  private void countEmptyReply() {
    if (++emptyReplies == EMPTY_REPLIES) {
      throw new RunFailure(
          FailureClass.MODEL_EMPTY,
          Stage.MODEL,
          "the reply of the root model "
              + root.name()
              + " was empty "
              + EMPTY_REPLIES
              + " times in a row; a model that thinks may need a higher limit of output tokens, and"
              + " some models need their own chat template; else take another root model");
    }
  }

  /** Something that ends with an answer, without one, or not at all. */
  private interface Step {
    Optional<String> take() throws InterruptedException;
  }

  private Optional<String> recorded(TurnLog log, Step step, boolean timed)
      throws InterruptedException {
    Duration start = deadline.elapsed();
    Optional<String> answer = Optional.empty();
    Optional<String> failure = Optional.of("INTERNAL: the turn ended unexpectedly");
    try {
      answer = step.take();
      failure = Optional.empty();
      return answer;
    } catch (RunFailure e) {
      failure = Optional.of(e.errorClass() + ": " + e.text());
      throw e;
    } catch (InterruptedException e) {
      failure = Optional.of("CANCELLED: the run was ended");
      throw e;
    } finally {
      Optional<Duration> elapsed =
          timed ? Optional.of(deadline.elapsed().minus(start)) : Optional.empty();
      sink.turn(log.record(answer, elapsed, failure));
    }
  }
}
