using System.Text.Json.Serialization;

namespace Gateway.Tests;

[JsonSerializable(typeof(string))]
internal sealed partial class TestJson : JsonSerializerContext;
