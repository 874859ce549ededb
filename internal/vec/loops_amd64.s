//go:build !noasm

#include "textflag.h"

// The definitions are the functions in plain Go whose names end in Generic.
// Operands stand in Go's order: the destination last, and of a difference or
// comparison the second term first.

// func addAVX2(x, d []float32)
TEXT ·addAVX2(SB), NOSPLIT, $0-48
	MOVQ x_base+0(FP), DI
	MOVQ x_len+8(FP), CX
	MOVQ d_base+24(FP), SI
	SHLQ $2, CX
	XORQ AX, AX
add:
	CMPQ AX, CX
	JGE  added
	VMOVUPS (DI)(AX*1), Y0
	VADDPS  (SI)(AX*1), Y0, Y0
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ    $32, AX
	JMP     add
added:
	VZEROUPPER
	RET

// func addScaledAVX2(x []float32, s float32, d []float32)
TEXT ·addScaledAVX2(SB), NOSPLIT, $0-56
	MOVQ x_base+0(FP), DI
	MOVQ x_len+8(FP), CX
	VBROADCASTSS s+24(FP), Y2
	MOVQ d_base+32(FP), SI
	SHLQ $2, CX
	XORQ AX, AX
scaled:
	CMPQ AX, CX
	JGE  scaledDone
	VMULPS  (SI)(AX*1), Y2, Y0
	VADDPS  (DI)(AX*1), Y0, Y0
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ    $32, AX
	JMP     scaled
scaledDone:
	VZEROUPPER
	RET

// func sumRowsAVX2(u, w []float32, stride int, ids []int32)
//
// Columns are taken in blocks of 128, 64 and 16, whose sums stay in registers
// while the rows go by.
TEXT ·sumRowsAVX2(SB), NOSPLIT, $0-80
	MOVQ u_base+0(FP), DI
	MOVQ u_len+8(FP), DX    // columns left
	MOVQ w_base+24(FP), SI
	MOVQ stride+48(FP), R8
	SHLQ $2, R8             // bytes
	MOVQ ids_base+56(FP), R9
	MOVQ ids_len+64(FP), R10
	LEAQ (R9)(R10*4), R10   // end of ids

block128:
	CMPQ DX, $128
	JLT  block64
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	VXORPS Y8, Y8, Y8
	VXORPS Y9, Y9, Y9
	VXORPS Y10, Y10, Y10
	VXORPS Y11, Y11, Y11
	VXORPS Y12, Y12, Y12
	VXORPS Y13, Y13, Y13
	VXORPS Y14, Y14, Y14
	VXORPS Y15, Y15, Y15
	MOVQ   R9, R11
rows128:
	CMPQ R11, R10
	JGE  store128
	MOVLQSX (R11), AX
	ADDQ    $4, R11
	IMULQ   R8, AX
	ADDQ    SI, AX
	VADDPS  (AX), Y0, Y0
	VADDPS  32(AX), Y1, Y1
	VADDPS  64(AX), Y2, Y2
	VADDPS  96(AX), Y3, Y3
	VADDPS  128(AX), Y4, Y4
	VADDPS  160(AX), Y5, Y5
	VADDPS  192(AX), Y6, Y6
	VADDPS  224(AX), Y7, Y7
	VADDPS  256(AX), Y8, Y8
	VADDPS  288(AX), Y9, Y9
	VADDPS  320(AX), Y10, Y10
	VADDPS  352(AX), Y11, Y11
	VADDPS  384(AX), Y12, Y12
	VADDPS  416(AX), Y13, Y13
	VADDPS  448(AX), Y14, Y14
	VADDPS  480(AX), Y15, Y15
	JMP     rows128
store128:
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VMOVUPS Y4, 128(DI)
	VMOVUPS Y5, 160(DI)
	VMOVUPS Y6, 192(DI)
	VMOVUPS Y7, 224(DI)
	VMOVUPS Y8, 256(DI)
	VMOVUPS Y9, 288(DI)
	VMOVUPS Y10, 320(DI)
	VMOVUPS Y11, 352(DI)
	VMOVUPS Y12, 384(DI)
	VMOVUPS Y13, 416(DI)
	VMOVUPS Y14, 448(DI)
	VMOVUPS Y15, 480(DI)
	ADDQ    $512, DI
	ADDQ    $512, SI
	SUBQ    $128, DX
	JMP     block128

block64:
	CMPQ DX, $64
	JLT  block16
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	MOVQ   R9, R11
rows64:
	CMPQ R11, R10
	JGE  store64
	MOVLQSX (R11), AX
	ADDQ    $4, R11
	IMULQ   R8, AX
	ADDQ    SI, AX
	VADDPS  (AX), Y0, Y0
	VADDPS  32(AX), Y1, Y1
	VADDPS  64(AX), Y2, Y2
	VADDPS  96(AX), Y3, Y3
	VADDPS  128(AX), Y4, Y4
	VADDPS  160(AX), Y5, Y5
	VADDPS  192(AX), Y6, Y6
	VADDPS  224(AX), Y7, Y7
	JMP     rows64
store64:
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VMOVUPS Y4, 128(DI)
	VMOVUPS Y5, 160(DI)
	VMOVUPS Y6, 192(DI)
	VMOVUPS Y7, 224(DI)
	ADDQ    $256, DI
	ADDQ    $256, SI
	SUBQ    $64, DX
	JMP     block64

block16:
	CMPQ DX, $16
	JLT  summed
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	MOVQ   R9, R11
rows16:
	CMPQ R11, R10
	JGE  store16
	MOVLQSX (R11), AX
	ADDQ    $4, R11
	IMULQ   R8, AX
	ADDQ    SI, AX
	VADDPS  (AX), Y0, Y0
	VADDPS  32(AX), Y1, Y1
	JMP     rows16
store16:
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	ADDQ    $64, DI
	ADDQ    $64, SI
	SUBQ    $16, DX
	JMP     block16

summed:
	VZEROUPPER
	RET

// func filterAVX2(f *Filter, v, x1, x2, u, leaving, bias []float32)
TEXT ·filterAVX2(SB), NOSPLIT, $0-152
	MOVQ f+0(FP), AX
	VBROADCASTSS 0(AX), Y8   // Decay1
	VBROADCASTSS 4(AX), Y9   // Decay2
	VBROADCASTSS 8(AX), Y10  // Drop1
	VBROADCASTSS 12(AX), Y11 // Drop2
	VBROADCASTSS 16(AX), Y12 // Gain1
	VBROADCASTSS 20(AX), Y13 // Gain2
	MOVQ v_base+8(FP), DI
	MOVQ v_len+16(FP), CX
	MOVQ x1_base+32(FP), R8
	MOVQ x2_base+56(FP), R9
	MOVQ u_base+80(FP), R10
	MOVQ leaving_base+104(FP), R11
	MOVQ bias_base+128(FP), R12
	SHLQ $2, CX
	XORQ AX, AX
filter:
	CMPQ AX, CX
	JGE  filtered
	VMOVUPS (R10)(AX*1), Y0     // u
	VMOVUPS (R11)(AX*1), Y1     // leaving
	VADDPS  (R8)(AX*1), Y0, Y2
	VADDPS  (R9)(AX*1), Y0, Y3
	VMULPS  Y2, Y8, Y2
	VMULPS  Y3, Y9, Y3
	VMULPS  Y1, Y10, Y4
	VMULPS  Y1, Y11, Y5
	VSUBPS  Y4, Y2, Y2
	VSUBPS  Y5, Y3, Y3
	VMOVUPS Y2, (R8)(AX*1)
	VMOVUPS Y3, (R9)(AX*1)
	VMULPS  Y2, Y12, Y2
	VMULPS  Y3, Y13, Y3
	VADDPS  Y3, Y2, Y2
	VADDPS  (R12)(AX*1), Y2, Y2
	VMOVUPS Y2, (DI)(AX*1)
	ADDQ    $32, AX
	JMP     filter
filtered:
	VZEROUPPER
	RET

// func combineAVX2(z []float32, a float32, x []float32, b float32, y []float32)
TEXT ·combineAVX2(SB), NOSPLIT, $0-88
	MOVQ z_base+0(FP), DI
	MOVQ z_len+8(FP), CX
	VBROADCASTSS a+24(FP), Y4
	MOVQ x_base+32(FP), SI
	VBROADCASTSS b+56(FP), Y5
	MOVQ y_base+64(FP), R8
	SHLQ $2, CX
	XORQ AX, AX
combine:
	CMPQ AX, CX
	JGE  combined
	VMULPS  (SI)(AX*1), Y4, Y0
	VMULPS  (R8)(AX*1), Y5, Y1
	VADDPS  Y1, Y0, Y0
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ    $32, AX
	JMP     combine
combined:
	VZEROUPPER
	RET

// Constants of sigmoid and points, float32 unless the name says otherwise.
DATA  consts<>+0(SB)/4, $0x42ae0000   // sigmoidEnd = 87
DATA  consts<>+4(SB)/4, $0xc2ae0000   // −sigmoidEnd
DATA  consts<>+8(SB)/4, $0x3fb8aa3b   // log2e
DATA  consts<>+12(SB)/4, $0x3f318000  // ln2High
DATA  consts<>+16(SB)/4, $0xb95e8083  // ln2Low
DATA  consts<>+20(SB)/4, $0x3f000000  // expR0 = ½
DATA  consts<>+24(SB)/4, $0x3e2aaa48  // expR1
DATA  consts<>+28(SB)/4, $0x3d2aaa2f  // expR2
DATA  consts<>+32(SB)/4, $0x3c091da3  // expR3
DATA  consts<>+36(SB)/4, $0x3ab6da0a  // expR4
DATA  consts<>+40(SB)/4, $0x3f800000  // 1
DATA  consts<>+44(SB)/4, $0x80000000  // sign
DATA  consts<>+48(SB)/4, $0x33800000  // 2⁻²⁴
DATA  consts<>+52(SB)/4, $0x004afb0d  // 0x3f800000 − sqrtHalfBits, integer
DATA  consts<>+56(SB)/4, $0x3f3504f3  // sqrtHalfBits, integer
DATA  consts<>+60(SB)/4, $0x007fffff  // fraction of a float32, integer
DATA  consts<>+64(SB)/4, $0x3f317218  // ln 2
DATA  consts<>+68(SB)/4, $0x3eaaab5b  // logQ0
DATA  consts<>+72(SB)/4, $0xbe80024a  // logQ1
DATA  consts<>+76(SB)/4, $0x3e4c7218  // logQ2
DATA  consts<>+80(SB)/4, $0xbe29a1d1  // logQ3
DATA  consts<>+84(SB)/4, $0x3e185711  // logQ4
DATA  consts<>+88(SB)/4, $0xbe12f231  // logQ5
DATA  consts<>+92(SB)/4, $0x3db6a34a  // logQ6
DATA  consts<>+96(SB)/4, $1           // integer
DATA  consts<>+100(SB)/4, $127        // integer
GLOBL consts<>(SB), RODATA|NOPTR, $104

// func sigmoidAVX2(y, x []float32)
TEXT ·sigmoidAVX2(SB), NOSPLIT, $0-48
	MOVQ y_base+0(FP), DI
	MOVQ y_len+8(FP), CX
	MOVQ x_base+24(FP), SI
	SHLQ $2, CX
	VBROADCASTSS consts<>+0(SB), Y15
	VBROADCASTSS consts<>+4(SB), Y14
	VBROADCASTSS consts<>+8(SB), Y13
	VBROADCASTSS consts<>+12(SB), Y12
	VBROADCASTSS consts<>+16(SB), Y11
	VBROADCASTSS consts<>+20(SB), Y10
	VBROADCASTSS consts<>+24(SB), Y9
	VBROADCASTSS consts<>+28(SB), Y8
	VBROADCASTSS consts<>+32(SB), Y7
	VBROADCASTSS consts<>+36(SB), Y6
	VBROADCASTSS consts<>+40(SB), Y5
	VBROADCASTSS consts<>+44(SB), Y4
	XORQ AX, AX
sigmoid:
	CMPQ AX, CX
	JGE  sigmoidDone
	VXORPS  (SI)(AX*1), Y4, Y0 // z = −x
	VMINPS  Y0, Y15, Y0        // end < z ? end : z
	VMAXPS  Y0, Y14, Y0        // −end > z ? −end : z
	VMULPS  Y13, Y0, Y1
	VCVTPS2DQ Y1, Y2           // n, rounded to even
	VCVTDQ2PS Y2, Y1
	VMULPS  Y12, Y1, Y3
	VSUBPS  Y3, Y0, Y0
	VMULPS  Y11, Y1, Y3
	VSUBPS  Y3, Y0, Y0         // r
	VMULPS  Y6, Y0, Y1
	VADDPS  Y7, Y1, Y1
	VMULPS  Y0, Y1, Y1
	VADDPS  Y8, Y1, Y1
	VMULPS  Y0, Y1, Y1
	VADDPS  Y9, Y1, Y1
	VMULPS  Y0, Y1, Y1
	VADDPS  Y10, Y1, Y1        // R(r)
	VMULPS  Y0, Y1, Y1
	VMULPS  Y0, Y1, Y1
	VADDPS  Y0, Y1, Y1
	VADDPS  Y5, Y1, Y1         // e^r
	VPSLLD  $23, Y2, Y2
	VPADDD  Y2, Y1, Y1         // e^z
	VADDPS  Y5, Y1, Y1
	VDIVPS  Y1, Y5, Y0
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ    $32, AX
	JMP     sigmoid
sigmoidDone:
	VZEROUPPER
	RET

// 64-bit constants of the mixing function. The counters of 8 points stand in
// two registers such that interleaving halves of both puts the points in order.
DATA  mixing<>+0(SB)/8, $0x9e3779b97f4a7c15  // γ
DATA  mixing<>+8(SB)/8, $0x3c6ef372fe94f82a  // 2γ
DATA  mixing<>+16(SB)/8, $0x1715609f7c746c69 // 5γ
DATA  mixing<>+24(SB)/8, $0xb54cda58fbbee87e // 6γ
DATA  mixing<>+32(SB)/8, $0xdaa66d2c7ddf743f // 3γ
DATA  mixing<>+40(SB)/8, $0x78dde6e5fd29f054 // 4γ
DATA  mixing<>+48(SB)/8, $0x538454127b096493 // 7γ
DATA  mixing<>+56(SB)/8, $0xf1bbcdcbfa53e0a8 // 8γ
DATA  mixing<>+64(SB)/8, $0x1ce4e5b91ce4e5b9 // low half of mix1, twice
DATA  mixing<>+72(SB)/8, $0xbf58476dbf58476d // high half of mix1
DATA  mixing<>+80(SB)/8, $0x133111eb133111eb // low half of mix2
DATA  mixing<>+88(SB)/8, $0x94d049bb94d049bb // high half of mix2
GLOBL mixing<>(SB), RODATA|NOPTR, $96

// MIX mixes the four counters in Z; T1 and T2 are scratch. M1L … M2H hold the
// halves of the factors. A 64-bit product of halves is
// lo·lo + (hi·lo + lo·hi)·2³².
#define MIX(Z, T1, T2, M1L, M1H, M2L, M2H) \
	VPSRLQ   $30, Z, T1    \
	VPXOR    T1, Z, Z      \
	VPSRLQ   $32, Z, T1    \
	VPMULUDQ M1L, T1, T1   \
	VPMULUDQ M1H, Z, T2    \
	VPMULUDQ M1L, Z, Z     \
	VPADDQ   T2, T1, T1    \
	VPSLLQ   $32, T1, T1   \
	VPADDQ   T1, Z, Z      \
	VPSRLQ   $27, Z, T1    \
	VPXOR    T1, Z, Z      \
	VPSRLQ   $32, Z, T1    \
	VPMULUDQ M2L, T1, T1   \
	VPMULUDQ M2H, Z, T2    \
	VPMULUDQ M2L, Z, Z     \
	VPADDQ   T2, T1, T1    \
	VPSLLQ   $32, T1, T1   \
	VPADDQ   T1, Z, Z      \
	VPSRLQ   $31, Z, T1    \
	VPXOR    T1, Z, Z

// CONST broadcasts one of consts.
#define CONST(OFFSET, Y) VBROADCASTSS consts<>+OFFSET(SB), Y

// func pointsAVX2(l *Line, cells []int32, marks []uint32, key uint64) int
TEXT ·pointsAVX2(SB), NOSPLIT, $0-72
	MOVQ l+0(FP), AX
	MOVQ cells_base+8(FP), DI
	MOVQ cells_len+16(FP), CX
	MOVQ marks_base+32(FP), SI
	MOVQ 8(AX), R8
	VMOVQ R8, X13                // fraction
	VBROADCASTSS 16(AX), Y14     // limit
	VBROADCASTSS 20(AX), Y15     // scale
	VCVTTSS2SI   16(AX), R9      // end
	VPBROADCASTQ key+56(FP), Y12 // counter before the group
	VPBROADCASTQ mixing<>+64(SB), Y8
	VPBROADCASTQ mixing<>+72(SB), Y9
	VPBROADCASTQ mixing<>+80(SB), Y10
	VPBROADCASTQ mixing<>+88(SB), Y11
	VPXOR Y7, Y7, Y7             // position before the group
	XORQ  DX, DX
points:
	LEAQ 8(DX), R10
	CMPQ R10, CX
	JGT  short

	VPADDQ mixing<>+0(SB), Y12, Y0
	VPADDQ mixing<>+32(SB), Y12, Y1
	MIX(Y0, Y2, Y3, Y8, Y9, Y10, Y11)
	MIX(Y1, Y4, Y5, Y8, Y9, Y10, Y11)
	VPBROADCASTQ mixing<>+56(SB), Y2
	VPADDQ  Y2, Y12, Y12
	VSHUFPS $0x88, Y1, Y0, Y2    // lower halves: marks
	VMOVDQU Y2, (SI)(DX*4)
	VSHUFPS $0xdd, Y1, Y0, Y0    // upper halves

	// ln u
	VPSRLD  $9, Y0, Y0
	VPADDD  Y0, Y0, Y0
	CONST(96, Y1)
	VPADDD  Y1, Y0, Y0
	VCVTDQ2PS Y0, Y0
	CONST(48, Y1)
	VMULPS  Y1, Y0, Y0           // u
	CONST(52, Y1)
	VPADDD  Y1, Y0, Y0           // x
	VPSRLD  $23, Y0, Y1
	CONST(100, Y2)
	VPSUBD  Y2, Y1, Y1
	VCVTDQ2PS Y1, Y1             // e
	CONST(60, Y2)
	VPAND   Y2, Y0, Y0
	CONST(56, Y2)
	VPADDD  Y2, Y0, Y0
	CONST(40, Y2)
	VSUBPS  Y2, Y0, Y0           // f
	CONST(92, Y2)
	VMULPS  Y0, Y2, Y2
	CONST(88, Y3)
	VADDPS  Y3, Y2, Y2
	VMULPS  Y0, Y2, Y2
	CONST(84, Y3)
	VADDPS  Y3, Y2, Y2
	VMULPS  Y0, Y2, Y2
	CONST(80, Y3)
	VADDPS  Y3, Y2, Y2
	VMULPS  Y0, Y2, Y2
	CONST(76, Y3)
	VADDPS  Y3, Y2, Y2
	VMULPS  Y0, Y2, Y2
	CONST(72, Y3)
	VADDPS  Y3, Y2, Y2
	VMULPS  Y0, Y2, Y2
	CONST(68, Y3)
	VADDPS  Y3, Y2, Y2           // Q(f)
	VMULPS  Y0, Y0, Y3           // f²
	VMULPS  Y0, Y2, Y2
	VMULPS  Y3, Y2, Y2
	CONST(20, Y4)
	VMULPS  Y4, Y3, Y3
	VSUBPS  Y3, Y2, Y2
	VADDPS  Y0, Y2, Y2
	CONST(64, Y4)
	VMULPS  Y4, Y1, Y1
	VADDPS  Y1, Y2, Y2

	// gaps and their running sum
	VMULPS  Y15, Y2, Y2
	VMINPS  Y2, Y14, Y2          // limit < gap ? limit : gap
	VCVTPS2DQ Y2, Y0
	VPSLLDQ $4, Y0, Y1
	VPADDD  Y1, Y0, Y0
	VPSLLDQ $8, Y0, Y1
	VPADDD  Y1, Y0, Y0           // sums within each half
	VPSHUFD $0xff, Y0, Y1
	VPERM2I128 $0x08, Y1, Y1, Y1 // zero, sum of the lower half
	VPADDD  Y1, Y0, Y0
	VPADDD  Y7, Y0, Y0           // positions
	VPSHUFD $0xff, Y0, Y7
	VPERM2I128 $0x11, Y7, Y7, Y7 // the last position, eight times
	VPSRLD  X13, Y0, Y0
	VMOVDQU Y0, (DI)(DX*4)
	MOVQ    R10, DX
	VMOVD   X7, R11
	CMPL    R11, R9
	JLT     points
	MOVQ    DX, ret+64(FP)
	VZEROUPPER
	RET
short:
	MOVQ $-1, ret+64(FP)
	VZEROUPPER
	RET

// func pointsAVX512(l *Line, cells []int32, marks []uint32, key uint64) int
//
// As pointsAVX2, with products of 64 bits in one instruction and constants in the
// upper registers.
TEXT ·pointsAVX512(SB), NOSPLIT, $0-72
	MOVQ l+0(FP), AX
	MOVQ cells_base+8(FP), DI
	MOVQ cells_len+16(FP), CX
	MOVQ marks_base+32(FP), SI
	MOVQ 8(AX), R8
	VMOVQ R8, X13                // fraction
	VBROADCASTSS 16(AX), Y14     // limit
	VBROADCASTSS 20(AX), Y15     // scale
	VCVTTSS2SI   16(AX), R9      // end
	VPBROADCASTQ key+56(FP), Z12
	VPADDQ       counters<>+0(SB), Z12, Z12 // counters of the first group
	VPBROADCASTQ counters<>+56(SB), Z11     // 8γ
	VPBROADCASTQ counters<>+64(SB), Z10     // mix1
	VPBROADCASTQ counters<>+72(SB), Z9      // mix2
	VPXOR Y7, Y7, Y7             // position before the group
	CONST(96, Y16)
	CONST(48, Y17)
	CONST(52, Y18)
	CONST(100, Y19)
	CONST(60, Y20)
	CONST(56, Y21)
	CONST(40, Y22)
	CONST(92, Y23)
	CONST(88, Y24)
	CONST(84, Y25)
	CONST(80, Y26)
	CONST(76, Y27)
	CONST(72, Y28)
	CONST(68, Y29)
	CONST(20, Y30)
	CONST(64, Y31)
	XORQ DX, DX
points512:
	LEAQ 8(DX), R10
	CMPQ R10, CX
	JGT  short512

	VPSRLQ  $30, Z12, Z0
	VPXORQ  Z12, Z0, Z0
	VPMULLQ Z10, Z0, Z0
	VPSRLQ  $27, Z0, Z1
	VPXORQ  Z1, Z0, Z0
	VPMULLQ Z9, Z0, Z0
	VPSRLQ  $31, Z0, Z1
	VPXORQ  Z1, Z0, Z0
	VPADDQ  Z11, Z12, Z12
	VPMOVQD Z0, Y1               // lower halves: marks
	VMOVDQU Y1, (SI)(DX*4)
	VPSRLQ  $41, Z0, Z0          // upper 23 bits
	VPMOVQD Z0, Y0

	// ln u
	VPADDD  Y0, Y0, Y0
	VPADDD  Y16, Y0, Y0
	VCVTDQ2PS Y0, Y0
	VMULPS  Y17, Y0, Y0          // u
	VPADDD  Y18, Y0, Y0          // x
	VPSRLD  $23, Y0, Y1
	VPSUBD  Y19, Y1, Y1
	VCVTDQ2PS Y1, Y1             // e
	VPANDD  Y20, Y0, Y0
	VPADDD  Y21, Y0, Y0
	VSUBPS  Y22, Y0, Y0          // f
	VMULPS  Y0, Y23, Y2
	VADDPS  Y24, Y2, Y2
	VMULPS  Y0, Y2, Y2
	VADDPS  Y25, Y2, Y2
	VMULPS  Y0, Y2, Y2
	VADDPS  Y26, Y2, Y2
	VMULPS  Y0, Y2, Y2
	VADDPS  Y27, Y2, Y2
	VMULPS  Y0, Y2, Y2
	VADDPS  Y28, Y2, Y2
	VMULPS  Y0, Y2, Y2
	VADDPS  Y29, Y2, Y2          // Q(f)
	VMULPS  Y0, Y0, Y3           // f²
	VMULPS  Y0, Y2, Y2
	VMULPS  Y3, Y2, Y2
	VMULPS  Y30, Y3, Y3
	VSUBPS  Y3, Y2, Y2
	VADDPS  Y0, Y2, Y2
	VMULPS  Y31, Y1, Y1
	VADDPS  Y1, Y2, Y2

	// gaps and their running sum
	VMULPS  Y15, Y2, Y2
	VMINPS  Y2, Y14, Y2
	VCVTPS2DQ Y2, Y0
	VPSLLDQ $4, Y0, Y1
	VPADDD  Y1, Y0, Y0
	VPSLLDQ $8, Y0, Y1
	VPADDD  Y1, Y0, Y0
	VPSHUFD $0xff, Y0, Y1
	VPERM2I128 $0x08, Y1, Y1, Y1
	VPADDD  Y1, Y0, Y0
	VPADDD  Y7, Y0, Y0           // positions
	VPSHUFD $0xff, Y0, Y7
	VPERM2I128 $0x11, Y7, Y7, Y7
	VPSRLD  X13, Y0, Y0
	VMOVDQU Y0, (DI)(DX*4)
	MOVQ    R10, DX
	VMOVD   X7, R11
	CMPL    R11, R9
	JLT     points512
	MOVQ    DX, ret+64(FP)
	VZEROUPPER
	RET
short512:
	MOVQ $-1, ret+64(FP)
	VZEROUPPER
	RET

DATA  counters<>+0(SB)/8, $0x9e3779b97f4a7c15  // γ
DATA  counters<>+8(SB)/8, $0x3c6ef372fe94f82a  // 2γ
DATA  counters<>+16(SB)/8, $0xdaa66d2c7ddf743f // 3γ
DATA  counters<>+24(SB)/8, $0x78dde6e5fd29f054 // 4γ
DATA  counters<>+32(SB)/8, $0x1715609f7c746c69 // 5γ
DATA  counters<>+40(SB)/8, $0xb54cda58fbbee87e // 6γ
DATA  counters<>+48(SB)/8, $0x538454127b096493 // 7γ
DATA  counters<>+56(SB)/8, $0xf1bbcdcbfa53e0a8 // 8γ
DATA  counters<>+64(SB)/8, $0xbf58476d1ce4e5b9 // mix1
DATA  counters<>+72(SB)/8, $0x94d049bb133111eb // mix2
GLOBL counters<>(SB), RODATA|NOPTR, $80

// func acceptASM(list, owners []int32, marks []uint32, v []float32, theta *[1025]float32) (tried, accepted int)
//
// Nothing branches on whether a candidate is accepted, which cannot be foreseen:
// every owner is written down, and the next over it unless it was accepted.
TEXT ·acceptASM(SB), NOSPLIT, $0-120
	MOVQ list_base+0(FP), DI
	MOVQ owners_base+24(FP), SI
	MOVQ owners_len+32(FP), CX
	MOVQ marks_base+48(FP), R8
	MOVQ v_base+72(FP), R9
	MOVQ theta+96(FP), R10
	XORQ AX, AX                  // tried
	XORQ BX, BX                  // accepted
accept:
	CMPQ AX, CX
	JGE  accepted
	MOVL (SI)(AX*4), DX
	MOVL (R8)(AX*4), R11
	MOVSS (R9)(DX*4), X0
	MOVL DX, (DI)(BX*4)
	SHRL $22, R11
	XORL R12, R12
	XORL R13, R13
	UCOMISS 4(R10)(R11*4), X0    // v ≥ the upper end
	SETCC R12
	UCOMISS (R10)(R11*4), X0     // v ≥ the lower end
	SETCC R13
	CMPL R12, R13
	JNE  accepted
	ADDQ R12, BX
	INCQ AX
	JMP  accept
accepted:
	MOVQ AX, tried+104(FP)
	MOVQ BX, accepted+112(FP)
	RET
