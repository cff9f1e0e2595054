using System.Text;
using Gateway.Requests;
using Gateway.Rewriting;
using Gateway.Upstream;

namespace Gateway.Tests.Rewriting;

public sealed class ParameterComplaintTests
{
    [Theory]
    [InlineData("""{"error":{"message":"Unrecognized request argument supplied: temperature","type":"invalid_request_error","param":null,"code":null}}""", "Parameter", "temperature")]
    [InlineData("""{"error":{"message":"Unrecognized request arguments supplied: seed, user","type":"invalid_request_error","param":null,"code":null}}""", "Parameter", "seed,user")]
    [InlineData("""{"error":{"code":"unrecognized_request_argument","message":"Unrecognized request argument supplied: prompt_cache_key","details":"Unrecognized request argument supplied: prompt_cache_key"}}""", "Parameter", "prompt_cache_key")]
    [InlineData("""{"error":{"message":"Unrecognized request argument supplied: parallel_tool_calls. Please contact us through an Azure support request at: https://go.microsoft.com/fwlink/?linkid=2213926 for further questions.","type":"invalid_request_error","param":null,"code":null}}""", "Parameter", "parallel_tool_calls")]
    [InlineData("""{"error":{"message":"Unknown parameter: 'stream_options'.","type":"invalid_request_error","param":"stream_options","code":"unknown_parameter"}}""", "Parameter", "stream_options")]
    [InlineData("""{"error":{"message":"Unknown parameter: 'verbosity'."}}""", "Parameter", "verbosity")]
    [InlineData("""{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}""", "Parameter", "max_tokens")]
    [InlineData("""{"error":{"message":"Unsupported parameter: 'temperature' is not supported with this model.","type":"invalid_request_error","param":"temperature","code":null}}""", "Parameter", "temperature")]
    [InlineData("""{"error":{"message":"Unsupported parameter: 'top_p' is not supported with this model. (request id: 1)"}}""", "Parameter", "top_p")]
    [InlineData("""{"message":"Unsupported parameter: 'logit_bias' is not supported with this model.","code":400}""", "Parameter", "logit_bias")]
    [InlineData("""{"error":{"message":"Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}""", "Value", "temperature")]
    [InlineData("""{"error":{"message":"Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported values are: 'low'.","param":"reasoning_effort"}}""", "Value", "reasoning_effort")]
    [InlineData("""{"error":{"message":"Invalid value: 'none'. Supported values are: 'low', 'medium', and 'high'.","type":"invalid_request_error","param":"reasoning_effort","code":"invalid_value"}}""", "InvalidValue", "reasoning_effort")]
    [InlineData("""{"error":{"message":"Function tools with reasoning_effort are not supported for gpt-5.4 in /v1/chat/completions. Please use /v1/responses instead.","type":"invalid_request_error","param":"reasoning_effort","code":null}}""", "EffortWithTools", "reasoning_effort")]
    [InlineData("""{"error":{"type":"invalid_request_error","message":"Function tools with reasoning_effort are not supported for gpt-5.6-luna in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'."}}""", "EffortWithTools", "reasoning_effort")]
    public void Complaint_InTheWordsOfAzure_IsUnderstood(string body, string kind, string fields)
    {
        var complaint = Of(body);

        Assert.Equal(kind, complaint.Kind.ToString());
        Assert.Equal(fields.Split(','), complaint.Fields.Select(field => field.Name));
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{}", "no error")]
    [InlineData("""{"error":{"code":"unsupported_parameter"}}""", "no parameter is named")]
    [InlineData("""{"error":{"code":"unsupported_value","message":"Unsupported value: 'temperature' does not support 0 with this model."}}""", "a value is quoted in the message, so the parameter must stand beside it")]
    [InlineData("""{"error":{"message":"Unrecognized request argument supplied"}}""", "no name")]
    [InlineData("""{"error":{"message":"Unrecognized request argument supplied: "}}""", "an empty name")]
    [InlineData("""{"error":{"message":"Unrecognized request arguments supplied: temperature, foo"}}""", "without the other one it is refused again")]
    [InlineData("""{"error":{"message":"Unknown parameter: 'temperature"}}""", "an unfinished name")]
    [InlineData("""{"error":{"message":"The model says: Unsupported parameter: 'temperature' is not supported."}}""", "not the upstream's own words")]
    [InlineData("""{"error":{"code":"unknown_parameter","param":"stream_options.include_usage"}}""", "a part of a parameter")]
    [InlineData("""{"error":{"code":"unknown_parameter","param":"metadata.temperature"}}""", "a part of another")]
    [InlineData("""{"error":{"code":"unsupported_parameter","param":"Temperature"}}""", "another name")]
    [InlineData("""{"error":{"code":"content_filter","param":"prompt"}}""", "not about a parameter")]
    [InlineData("""{"error":{"code":"context_length_exceeded","param":"messages"}}""", "not about a parameter's kind")]
    [InlineData("""{"error":{"code":"integer_below_min_value","param":"max_tokens","message":"Invalid 'max_tokens': integer below minimum value."}}""", "the caller's mistake")]
    [InlineData("""{"error":{"code":"invalid_type","param":"temperature","message":"Invalid type for 'temperature': expected a decimal, but got a string instead."}}""", "the caller's mistake")]
    [InlineData("""{"error":{"code":null,"param":"stream_options","message":"The 'stream_options' parameter is only allowed when 'stream' is enabled."}}""", "the caller's mistake")]
    [InlineData("""{"error":{"message":"Function tools with reasoning_effort are not supported","param":"tools"}}""", "about another parameter")]
    public void Complaint_OfAnotherKind_IsNone(string body, string why) => Assert.True(Of(body).Kind == ComplaintKind.None, why);

    [Theory]
    [InlineData("messages")]
    [InlineData("model")]
    [InlineData("tools")]
    [InlineData("tool_choice")]
    [InlineData("response_format")]
    [InlineData("stop")]
    [InlineData("n")]
    [InlineData("stream")]
    public void Complaint_AboutWhatAnAnswerDependsOn_IsNone(string param)
    {
        Assert.Equal(ComplaintKind.None, Of($$$"""{"error":{"code":"unsupported_parameter","param":"{{{param}}}"}}""").Kind);
        Assert.Equal(ComplaintKind.None, Of($$$"""{"error":{"message":"Unrecognized request argument supplied: {{{param}}}"}}""").Kind);
        Assert.Equal(ComplaintKind.None, Of($$$"""{"error":{"code":"unsupported_value","param":"{{{param}}}"}}""").Kind);
    }

    [Theory]
    [InlineData("""{"error":{"message":"Unrecognized request argument supplied: temperature"}}""", false)]
    [InlineData("""{"error":{"message":"Unknown parameter: 'temperature'."}}""", false)]
    [InlineData("""{"error":{"message":"Unknown parameter: 'temperature'.","param":"temperature"}}""", true)]
    public void Complaint_WhereMessagesMayQuoteTheCaller_IsTakenFromTheParamAlone(string body, bool understood) => Assert.Equal(
        understood, ParameterComplaint.Of(UpstreamError.Parse(Encoding.UTF8.GetBytes(body)), LearnedRules.Parameters, namesInMessage: false).Kind != ComplaintKind.None);

    private static ParameterComplaint Of(string body) => ParameterComplaint.Of(UpstreamError.Parse(Encoding.UTF8.GetBytes(body)), LearnedRules.Parameters, namesInMessage: true);
}
