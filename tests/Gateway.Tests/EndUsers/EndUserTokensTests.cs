using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gateway.EndUsers;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Tests.EndUsers;

/// <summary>The tokens are held against those of a library, which is what a caller's backend signs with.</summary>
public sealed class EndUserTokensTests : IDisposable
{
    private readonly Identities _identities = new();

    private DateTimeOffset Now => _identities.Time.GetUtcNow();

    public void Dispose() => _identities.Dispose();

    [Theory]
    [InlineData(Identities.Secret)]
    [InlineData(Identities.OldSecret)]
    public void Token_OfALibrary_NamesTheEndUser(string secret)
    {
        var token = Create(new() { ["sub"] = "user-1" }, secret: secret);

        var (user, problem) = _identities.Tokens.Read(token, "elevenlabs", Now);

        Assert.Null(problem);
        Assert.Equal(new EndUser("elevenlabs", _identities.Ids.KeyOf("user-1")!, EndUserTrust.Signed), user);
    }

    [Fact]
    public async Task Token_OfOurs_IsReadByALibraryAndByUs()
    {
        var caller = new EndUser("elevenlabs", _identities.Ids.KeyOf("+4915112345678")!, EndUserTrust.Phone);
        var token = _identities.Tokens.Sign(caller, Now.AddHours(1))!;

        var library = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidateIssuer = false,
            ValidAudience = "elevenlabs",
            ValidAlgorithms = ["HS256"],
            IssuerSigningKey = Signing(Identities.Secret),
            LifetimeValidator = (_, expires, _, _) => expires == Now.AddHours(1).UtcDateTime,
        });

        Assert.True(library.IsValid);
        Assert.Equal(caller.Key, library.Claims["phone_key"]);
        Assert.Equal(caller, _identities.Tokens.Read(token, "elevenlabs", Now).User);
        Assert.DoesNotContain("15112345678", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.Split('.')[1])), StringComparison.Ordinal);
    }

    [Fact]
    public void Token_ForSeveralAudiences_CountsForEach()
    {
        var token = Raw("""{"alg":"HS256"}""", """{"sub":"u","aud":["other","elevenlabs"],"exp":9999999999}""");

        Assert.NotNull(_identities.Tokens.Read(token, "elevenlabs", Now).User);
        Assert.Equal("wrong_audience", _identities.Tokens.Read(token, "third", Now).Problem);
    }

    [Theory]
    [InlineData(-61, "expired")]
    [InlineData(-59, null)]
    [InlineData(60, null)]
    public void Token_Expires_AMinuteIsForgiven(int seconds, string? problem) =>
        Assert.Equal(problem, _identities.Tokens.Read(Create(new() { ["sub"] = "u" }, expires: Now.AddSeconds(seconds)), "elevenlabs", Now).Problem);

    [Fact]
    public void Token_Unsigned_CountsForNothing()
    {
        var none = $"{Base64Url.EncodeToString("""{"alg":"none"}"""u8)}.{Base64Url.EncodeToString("""{"sub":"u","aud":"elevenlabs","exp":9999999999}"""u8)}.";

        Assert.Equal("wrong_signature", _identities.Tokens.Read(none, "elevenlabs", Now).Problem);
    }

    [Fact]
    public void Token_WithAnyCharacterChanged_CountsForNothing()
    {
        var token = Create(new() { ["sub"] = "u" });

        for (var i = 0; i < token.Length; i++)
        {
            // The last character of a signature has two bits that nothing stands for; they must be zero.
            var changed = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.Null(_identities.Tokens.Read(changed, "elevenlabs", Now).User);
        }
    }

    [Theory]
    [InlineData("""{"alg":"HS512"}""", """{"sub":"u","aud":"elevenlabs","exp":9999999999}""", "wrong_algorithm")]
    [InlineData("""{"alg":"HS256","crit":["b64"]}""", """{"sub":"u","aud":"elevenlabs","exp":9999999999}""", "wrong_algorithm")]
    [InlineData("""{}""", """{"sub":"u","aud":"elevenlabs","exp":9999999999}""", "malformed")]
    [InlineData("""{"alg":"HS256"}""", """[]""", "malformed")]
    [InlineData("""{"alg":"HS256"}""", """not json""", "malformed")]
    [InlineData("""{"alg":"HS256"}""", """{"sub":"u","aud":7,"exp":9999999999}""", "malformed")]
    [InlineData("""{"alg":"HS256"}""", """{"sub":"u","exp":9999999999}""", "wrong_audience")]
    [InlineData("""{"alg":"HS256"}""", """{"sub":"u","aud":"other","exp":9999999999}""", "wrong_audience")]
    [InlineData("""{"alg":"HS256"}""", """{"sub":"u","aud":"elevenlabs"}""", "expired")]
    [InlineData("""{"alg":"HS256"}""", """{"sub":"u","aud":"elevenlabs","exp":"9999999999"}""", "malformed")]
    [InlineData("""{"alg":"HS256"}""", """{"sub":"u","aud":"elevenlabs","exp":9999999999,"nbf":9999999998}""", "not_valid_yet")]
    [InlineData("""{"alg":"HS256"}""", """{"aud":"elevenlabs","exp":9999999999}""", "no_subject")]
    [InlineData("""{"alg":"HS256"}""", """{"sub":"","aud":"elevenlabs","exp":9999999999}""", "no_subject")]
    [InlineData("""{"alg":"HS256"}""", """{"sub":7,"aud":"elevenlabs","exp":9999999999}""", "malformed")]
    [InlineData("""{"alg":"HS256"}""", """{"phone_key":"+4915112345678","aud":"elevenlabs","exp":9999999999}""", "no_subject")]
    public void Token_SignedAndWrong_TellsWhy(string header, string claims, string problem) =>
        Assert.Equal(problem, _identities.Tokens.Read(Raw(header, claims), "elevenlabs", Now).Problem);

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    public void Token_OfAnotherForm_IsMalformed(string token) => Assert.Equal("malformed", _identities.Tokens.Read(token, "elevenlabs", Now).Problem);

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Token_OfAnIdNobodyCouldAskAbout_NamesNobody(int length, bool isId)
    {
        // Two bytes each.
        var token = Create(new() { ["sub"] = new string('ö', length) });

        Assert.Equal((isId, isId), (_identities.Tokens.Read(token, "elevenlabs", Now).User is not null, _identities.Tokens.KeyOf(token) is not null));
        Assert.Equal("no_subject", _identities.Tokens.Read(Create(new() { ["sub"] = " " }), "elevenlabs", Now).Problem);
    }

    [Fact]
    public void Token_LongerThanAny_IsNotLookedAt()
    {
        var token = Create(new() { ["sub"] = "u", ["more"] = new string('x', 2048) });

        Assert.Equal("malformed", _identities.Tokens.Read(token, "elevenlabs", Now).Problem);
    }

    [Fact]
    public void Secrets_Absent_NobodyIsAnybody()
    {
        using var without = new Identities(hasSecrets: false);

        Assert.Null(without.Ids.KeyOf("u"));
        Assert.Null(without.Tokens.Sign(new EndUser("elevenlabs", new string('0', 64), EndUserTrust.Phone), Now));
        Assert.Equal("no_signing_secret", without.Tokens.Read(Create(new() { ["sub"] = "u" }), "elevenlabs", Now).Problem);
    }

    [Theory]
    [InlineData("""{"alg":"HS256"}""")]
    [InlineData("""{ "alg": "HS256" }""")]
    [InlineData("{\n  \"alg\": \"HS256\"\n}\n")]
    public void Token_HoweverItsHeaderIsWritten_LooksLikeOne(string header) => Assert.True(EndUserTokens.IsToken(Raw(header, "{}")));

    [Theory]
    [InlineData("anna.schmidt@example.com")]
    [InlineData("ewa.nowak@example.com")]
    [InlineData("eyup.kaya@example.com")]
    [InlineData("user.name.1")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.e30")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9..")]
    public void Text_ThatIsNoToken_DoesNotLookLikeOne(string text) => Assert.False(EndUserTokens.IsToken(text));

    private string Create(Dictionary<string, object> claims, DateTimeOffset? expires = null, string secret = Identities.Secret) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Audience = "elevenlabs",
            Expires = (expires ?? Now.AddHours(1)).UtcDateTime,
            Claims = claims,
            SigningCredentials = new SigningCredentials(Signing(secret), "HS256"),
        });

    private static SymmetricSecurityKey Signing(string secret) => new(Encoding.UTF8.GetBytes(secret));

    private static string Raw(string header, string claims)
    {
        var signed = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Identities.Secret), Encoding.ASCII.GetBytes(signed)))}";
    }
}
