package dev.rlmbeam.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/**
 * How each element is worked on: models, limits, sandboxes. The same on the command line and for a
 * submitted jar. Time spans are texts such as {@code 300s}, {@code 5m}, {@code 1h} or plain
 * seconds.
 */
public interface RlmOptions extends LocalSandboxOptions, ModalSandboxOptions {

  @OptionGroup.In(value = OptionGroup.MODEL, sample = "MODEL", place = 1)
  @Description(
      "Root model: offline (a keyword matcher, not a language model) or openai/NAME."
          + " openai:NAME is the same; NAME is passed on as it is.")
  @Default.String("offline")
  String getModel();

  void setModel(String value);

  @OptionGroup.In(value = OptionGroup.MODEL, sample = "MODEL", place = 2)
  @Description("Model that llm_query() asks. Default: the root model.")
  @Nullable String getSubModel();

  void setSubModel(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.MODEL, sample = "URL", place = 3)
  @Description(
      "Base URL of an OpenAI-compatible service. Default: OPENAI_BASE_URL, or OpenAI's own.")
  @Nullable String getModelBaseUrl();

  void setModelBaseUrl(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.MODEL, sample = "env:NAME|file:PATH", place = 4)
  @Description(
      "env:NAME, file:PATH or gcp-secret:VERSION, never the key itself. Default:"
          + " env:OPENAI_API_KEY.")
  @Nullable String getModelApiKey();

  void setModelApiKey(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.MODEL, sample = "JSON", place = 5, rare = true)
  @Description("JSON object with more parameters for each call, such as {\"temperature\":0}.")
  @Nullable String getModelBody();

  void setModelBody(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.MODEL, place = 6, rare = true)
  @Description(
      "Join messages of the same role that follow each other. For services whose chat"
          + " template wants roles to alternate.")
  @Default.Boolean(false)
  boolean getMergeMessages();

  void setMergeMessages(boolean value);

  @OptionGroup.In(value = OptionGroup.MODEL, sample = "TIME", place = 7)
  @Description("One model call, its retries and waits included.")
  @Default.String("300s")
  String getModelTimeout();

  void setModelTimeout(String value);

  @OptionGroup.In(value = OptionGroup.MODEL, sample = "N", place = 8)
  @Description("Connections to a model service, per worker.")
  @Default.Integer(64)
  int getMaxConnections();

  void setMaxConnections(int value);

  @OptionGroup.In(value = OptionGroup.MODEL, sample = "N", place = 9)
  @Description("Retries of a model call after 408, 429, 5xx, resets. 0 for none.")
  @Default.Integer(4)
  int getMaxRetries();

  void setMaxRetries(int value);

  @OptionGroup.In(value = OptionGroup.LIMIT, sample = "N", place = 10)
  @Description(
      "The run stops gracefully at so many model calls. 0 for no brake. On a cluster each worker"
          + " counts its own.")
  @Default.Long(0)
  long getRunMaxModelCalls();

  void setRunMaxModelCalls(long value);

  @OptionGroup.In(value = OptionGroup.LIMIT, sample = "N", place = 1)
  @Description("Turns of the root model for one element.")
  @Default.Integer(30)
  int getMaxTurns();

  void setMaxTurns(int value);

  @OptionGroup.In(value = OptionGroup.LIMIT, sample = "TIME", place = 3)
  @Description("Wall-clock time of one element.")
  @Default.String("300s")
  String getElementTimeout();

  void setElementTimeout(String value);

  @OptionGroup.In(value = OptionGroup.LIMIT, sample = "TIME", place = 4)
  @Description("One code block. Then it is interrupted, then killed.")
  @Default.String("120s")
  String getBlockTimeout();

  void setBlockTimeout(String value);

  @OptionGroup.In(value = OptionGroup.LIMIT, sample = "N", place = 2)
  @Description("Prompts that one element may ask the sub-model.")
  @Default.Integer(1000)
  int getMaxSubCalls();

  void setMaxSubCalls(int value);

  @OptionGroup.In(value = OptionGroup.CODE, sample = "PYTHON|@FILE", place = 1)
  @Description("Runs in every session once the context is there. Python, literal or as @file.")
  @Nullable String getSetupCode();

  void setSetupCode(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.CODE, sample = "TEXT|@FILE", place = 2)
  @Description("In place of the built-in system prompt. Literal or as @file.")
  @Nullable String getSystemPrompt();

  void setSystemPrompt(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.SANDBOX, sample = "local|modal", place = 0)
  @Description("Where code runs. local: on the worker; modal: in Modal's cloud.")
  @Default.String("local")
  String getSandbox();

  void setSandbox(String value);

  @OptionGroup.In(value = OptionGroup.SANDBOX, sample = "TIME", place = 8)
  @Description(
      "Longest life of a sandbox, at least twice --elementTimeout."
          + " Default: 600s, or four times --elementTimeout.")
  @Nullable String getSandboxTimeout();

  void setSandboxTimeout(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.SANDBOX, sample = "bundle|element", place = 1)
  @Description(
      "Whether a sandbox serves a bundle or one element. bundle: several elements, each in"
          + " its own session; element: a fresh sandbox for each.")
  @Default.String("bundle")
  String getIsolation();

  void setIsolation(String value);

  @OptionGroup.In(value = OptionGroup.SANDBOX, sample = "N", place = 4)
  @Description("Sessions at a time in one sandbox, with --isolation=bundle.")
  @Default.Integer(8)
  int getSessionsPerSandbox();

  void setSessionsPerSandbox(int value);

  @OptionGroup.In(value = OptionGroup.SANDBOX, sample = "N", place = 5)
  @Description("Sandboxes open at a time, per worker. 0 for as many as --maxInFlight needs.")
  @Default.Integer(0)
  int getMaxSandboxes();

  void setMaxSandboxes(int value);

  @OptionGroup.In(value = OptionGroup.SANDBOX, sample = "MIB", place = 6, rare = true)
  @Description("Memory of one session, contexts not counted.")
  @Default.Integer(2048)
  int getSessionMemoryMib();

  void setSessionMemoryMib(int value);

  @OptionGroup.In(value = OptionGroup.SANDBOX, sample = "SECONDS", place = 7, rare = true)
  @Description("A sandbox that nobody polls ends after so long.")
  @Default.Integer(60)
  int getLeaseSeconds();

  void setLeaseSeconds(int value);

  @OptionGroup.In(value = OptionGroup.LIMIT, sample = "N", place = 6, rare = true)
  @Description(
      "Tries of one element, where sandboxes are lost or cannot be had. An element that kills its"
          + " sandbox each time ends as a failure after so many.")
  @Default.Integer(3)
  int getMaxSandboxLosses();

  void setMaxSandboxLosses(int value);

  @OptionGroup.In(value = OptionGroup.LIMIT, sample = "N", place = 5)
  @Description("Elements under way at a time, per worker.")
  @Default.Integer(64)
  int getMaxInFlight();

  void setMaxInFlight(int value);
}
