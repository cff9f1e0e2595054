using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Emulator;

/// <summary>How an emulator listens and whom it knows. Every option has a default.</summary>
public sealed record EmulatorOptions
{
    /// <summary>Where it listens. Default: <c>http://127.0.0.1:0</c>, a free port. With <c>https</c> a certificate is made at the start.</summary>
    /// <remarks>The host is an address, or <c>localhost</c>; any other name means every address of the machine.</remarks>
    public Uri Url { get; init; } = new("http://127.0.0.1:0");

    /// <summary>HTTP versions it speaks. Default: HTTP/1.1 and HTTP/2.</summary>
    /// <remarks>Without TLS nothing negotiates a version: both means HTTP/1.1 there, and <see cref="HttpProtocols.Http2"/> means prior knowledge.</remarks>
    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1AndHttp2;

    /// <summary>Keys and bearer tokens that are let in. Default: none listed, and any that is not empty is let in.</summary>
    public IReadOnlyCollection<string> AcceptedKeys { get; init; } = [];

    /// <summary>
    /// Known deployments, each with the model family it serves (<c>gpt-5.4-mini</c>). Default: none listed, and any name is known.
    /// </summary>
    /// <remarks>A deployment that is not listed serves the family that its name says, as in the gateway's own settings.</remarks>
    public IReadOnlyDictionary<string, string> Deployments { get; init; } = new Dictionary<string, string>();

    /// <summary>The clock of every delay, stall and timestamp. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Whether <see cref="AzureOpenAIEmulator.Requests"/> is filled. Default: yes; the standalone emulator turns it off.</summary>
    public bool Journal { get; init; } = true;
}
