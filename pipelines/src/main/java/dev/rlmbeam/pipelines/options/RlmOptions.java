package dev.rlmbeam.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * How each element is worked on: models, limits, sandboxes. The same on the command line and for a
 * submitted jar. Time spans are texts such as {@code 300s}, {@code 5m}, {@code 1h} or plain
 * seconds.
 */
public interface RlmOptions extends PipelineOptions {

  @Description(
      "Root model: offline (a keyword matcher, not a language model), openai/NAME or openai:NAME.")
  @Default.String("offline")
  String getModel();

  void setModel(String value);

  @Description("Model that llm_query() asks. Default: the root model.")
  @Nullable String getSubModel();

  void setSubModel(@Nullable String value);

  @Description(
      "Base URL of an OpenAI-compatible service. Default: OPENAI_BASE_URL, or OpenAI's own.")
  @Nullable String getModelBaseUrl();

  void setModelBaseUrl(@Nullable String value);

  @Description(
      "Where the key is: env:NAME or file:PATH; never the key itself. Default: env:OPENAI_API_KEY.")
  @Nullable String getModelApiKey();

  void setModelApiKey(@Nullable String value);

  @Description("JSON object with more parameters for each model call, such as {\"temperature\":0}.")
  @Nullable String getModelBody();

  void setModelBody(@Nullable String value);

  @Description(
      "Join messages of the same role that follow each other, for services whose chat template wants"
          + " roles to alternate.")
  @Default.Boolean(false)
  boolean getMergeMessages();

  void setMergeMessages(boolean value);

  @Description("Time for one model call, its retries and waits included.")
  @Default.String("300s")
  String getModelTimeout();

  void setModelTimeout(String value);

  @Description("Connections to a model service, per worker.")
  @Default.Integer(64)
  int getMaxConnections();

  void setMaxConnections(int value);

  @Description("Retries of a model call after 408, 429, 5xx or a lost connection; 0 for none.")
  @Default.Integer(4)
  int getMaxRetries();

  void setMaxRetries(int value);

  @Description("Brake: the run stops gracefully at so many model calls; 0 for no brake.")
  @Default.Long(0)
  long getRunMaxModelCalls();

  void setRunMaxModelCalls(long value);

  @Description("Turns of the root model for one element.")
  @Default.Integer(30)
  int getMaxTurns();

  void setMaxTurns(int value);

  @Description("Wall-clock time for one element.")
  @Default.String("300s")
  String getElementTimeout();

  void setElementTimeout(String value);

  @Description("Time for one code block; then it is interrupted, then killed.")
  @Default.String("120s")
  String getBlockTimeout();

  void setBlockTimeout(String value);

  @Description("Prompts that the code of one element may ask the sub-model.")
  @Default.Integer(1000)
  int getMaxSubCalls();

  void setMaxSubCalls(int value);

  @Description("Python that runs in every session after the context is there: literal or @file.")
  @Nullable String getSetupCode();

  void setSetupCode(@Nullable String value);

  @Description("System prompt of the root model in place of the built-in one: literal or @file.")
  @Nullable String getSystemPrompt();

  void setSystemPrompt(@Nullable String value);

  @Description("bundle: a sandbox serves several elements, each in its own session; element: one.")
  @Default.String("bundle")
  String getIsolation();

  void setIsolation(String value);

  @Description(
      "Local sandboxes: auto (bubblewrap; a plain process only with --model=offline), bubblewrap,"
          + " or none (plain process, the code can do what you can).")
  @Default.String("auto")
  String getLocalIsolation();

  void setLocalIsolation(String value);

  @Description("The Python, 3.8 or newer, that local sandboxes run. Default: python3.")
  @Nullable String getPython();

  void setPython(@Nullable String value);

  @Description("Sessions that one sandbox serves at a time with --isolation=bundle.")
  @Default.Integer(8)
  int getSessionsPerSandbox();

  void setSessionsPerSandbox(int value);

  @Description("Sandboxes open at a time, per worker; 0 for as many as --maxInFlight needs.")
  @Default.Integer(0)
  int getMaxSandboxes();

  void setMaxSandboxes(int value);

  @Description("Memory of one session, in MiB, its contexts not counted.")
  @Default.Integer(2048)
  int getSessionMemoryMib();

  void setSessionMemoryMib(int value);

  @Description("Seconds after which a sandbox ends that no worker polls any more.")
  @Default.Integer(60)
  int getLeaseSeconds();

  void setLeaseSeconds(int value);

  @Description("Elements under way at a time, per worker.")
  @Default.Integer(64)
  int getMaxInFlight();

  void setMaxInFlight(int value);
}
