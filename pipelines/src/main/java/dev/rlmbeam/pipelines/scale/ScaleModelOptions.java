package dev.rlmbeam.pipelines.scale;

import dev.rlmbeam.pipelines.options.OptionGroup;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/** The models of a run that is foreseen: calls, how long they take, their quota, their price. */
public interface ScaleModelOptions extends PipelineOptions {
  @OptionGroup.In(value = OptionGroup.SCALE, sample = "N", place = 10)
  @Description("Turns that an element takes, 1 to 1000.")
  @Default.Integer(3)
  int getTurns();

  void setTurns(int value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "N", place = 11)
  @Description("Calls of the sub-model in each turn, side by side; 0 to 10000.")
  @Default.Integer(4)
  int getSubCalls();

  void setSubCalls(int value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "TIME", place = 12)
  @Description("How long a call of the root model takes, on average.")
  @Default.String("3s")
  String getLatency();

  void setLatency(String value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "TIME", place = 13)
  @Description("How long a call of the sub-model takes, on average. Default: --latency.")
  @Nullable String getSubLatency();

  void setSubLatency(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "SHARE", place = 14)
  @Description("How far a call's time is from the average, at most; 0 to 1. 0: all are the same.")
  @Default.Double(0.25)
  double getLatencySpread();

  void setLatencySpread(double value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "N", place = 15)
  @Description("Connections to the models that a worker has, 1 to 100000.")
  @Default.Integer(64)
  int getMaxConnections();

  void setMaxConnections(int value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "N", place = 16)
  @Description("Calls a minute that the service takes from all workers together. 0 for no limit.")
  @Default.Double(0)
  double getRequestsPerMinute();

  void setRequestsPerMinute(double value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "N", place = 17)
  @Description("The same in tokens, of prompts and replies. 0 for no limit.")
  @Default.Double(0)
  double getTokensPerMinute();

  void setTokensPerMinute(double value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "IN,OUT", place = 18)
  @Description("Tokens of a root call's prompt and of its reply.")
  @Default.String("2000,300")
  String getRootTokens();

  void setRootTokens(String value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "IN,OUT", place = 19)
  @Description("Tokens of a sub-call's prompt and of its reply.")
  @Default.String("1000,100")
  String getSubTokens();

  void setSubTokens(String value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "IN,OUT", place = 20)
  @Description("US dollars for a million tokens of prompts and of replies. 0,0 if not known.")
  @Default.String("0,0")
  String getModelUsd();

  void setModelUsd(String value);
}
