//go:build !noasm

#include "textflag.h"

// The functions in plain Go whose names end in Generic define what these do.
// Operands are in Go's order: the destination is last, and the second term of a
// difference or comparison comes first.

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

// func addOuterAVX2(w []float32, stride int, s, d []float32)
TEXT ·addOuterAVX2(SB), NOSPLIT, $0-80
	MOVQ w_base+0(FP), DI
	MOVQ stride+24(FP), R8
	SHLQ $2, R8             // bytes
	MOVQ s_base+32(FP), SI
	MOVQ s_len+40(FP), R9
	LEAQ (SI)(R9*4), R9     // end of s
	MOVQ d_base+56(FP), R10
	MOVQ d_len+64(FP), CX
	SHLQ $2, CX
	JEQ  outerDone
outer:
	CMPQ SI, R9
	JGE  outerDone
	MOVL (SI), AX
	ADDL AX, AX             // zero for ±0, in which only the sign may be set
	JEQ  outerNext
	VBROADCASTSS (SI), Y2
	XORQ AX, AX
outerRow:
	VMULPS  (R10)(AX*1), Y2, Y0
	VADDPS  (DI)(AX*1), Y0, Y0
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ    $32, AX
	CMPQ    AX, CX
	JLT     outerRow
outerNext:
	ADDQ $4, SI
	ADDQ R8, DI
	JMP  outer
outerDone:
	VZEROUPPER
	RET

// func sumRowsAVX2(u, w []float32, stride int, ids []int32)
//
// It goes through blocks of 128, 64 and 16 columns. The sums of a block stay in
// registers while all rows are added.
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

// func sumRowsAVX512(u, w []float32, stride int, ids []int32)
//
// It works like sumRowsAVX2, in blocks of 256 columns.
TEXT ·sumRowsAVX512(SB), NOSPLIT, $0-80
	MOVQ u_base+0(FP), DI
	MOVQ u_len+8(FP), DX    // columns left
	MOVQ w_base+24(FP), SI
	MOVQ stride+48(FP), R8
	SHLQ $2, R8             // bytes
	MOVQ ids_base+56(FP), R9
	MOVQ ids_len+64(FP), R10
	LEAQ (R9)(R10*4), R10   // end of ids
block256:
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	VPXORQ Z4, Z4, Z4
	VPXORQ Z5, Z5, Z5
	VPXORQ Z6, Z6, Z6
	VPXORQ Z7, Z7, Z7
	VPXORQ Z8, Z8, Z8
	VPXORQ Z9, Z9, Z9
	VPXORQ Z10, Z10, Z10
	VPXORQ Z11, Z11, Z11
	VPXORQ Z12, Z12, Z12
	VPXORQ Z13, Z13, Z13
	VPXORQ Z14, Z14, Z14
	VPXORQ Z15, Z15, Z15
	MOVQ   R9, R11
	CMPQ   R11, R10
	JGE    store256
rows256:
	MOVLQSX (R11), AX
	ADDQ    $4, R11
	IMULQ   R8, AX
	ADDQ    SI, AX
	VADDPS  (AX), Z0, Z0
	VADDPS  64(AX), Z1, Z1
	VADDPS  128(AX), Z2, Z2
	VADDPS  192(AX), Z3, Z3
	VADDPS  256(AX), Z4, Z4
	VADDPS  320(AX), Z5, Z5
	VADDPS  384(AX), Z6, Z6
	VADDPS  448(AX), Z7, Z7
	VADDPS  512(AX), Z8, Z8
	VADDPS  576(AX), Z9, Z9
	VADDPS  640(AX), Z10, Z10
	VADDPS  704(AX), Z11, Z11
	VADDPS  768(AX), Z12, Z12
	VADDPS  832(AX), Z13, Z13
	VADDPS  896(AX), Z14, Z14
	VADDPS  960(AX), Z15, Z15
	CMPQ    R11, R10
	JLT     rows256
store256:
	VMOVUPS Z0, (DI)
	VMOVUPS Z1, 64(DI)
	VMOVUPS Z2, 128(DI)
	VMOVUPS Z3, 192(DI)
	VMOVUPS Z4, 256(DI)
	VMOVUPS Z5, 320(DI)
	VMOVUPS Z6, 384(DI)
	VMOVUPS Z7, 448(DI)
	VMOVUPS Z8, 512(DI)
	VMOVUPS Z9, 576(DI)
	VMOVUPS Z10, 640(DI)
	VMOVUPS Z11, 704(DI)
	VMOVUPS Z12, 768(DI)
	VMOVUPS Z13, 832(DI)
	VMOVUPS Z14, 896(DI)
	VMOVUPS Z15, 960(DI)
	ADDQ    $1024, DI
	ADDQ    $1024, SI
	SUBQ    $256, DX
	JGT     block256
	VZEROUPPER
	RET

// func filterSomaAVX2(f *Filter, next, soma []float32, retain, pull float32, x1, x2, u, leaving, bias []float32)
TEXT ·filterSomaAVX2(SB), NOSPLIT, $0-184
	MOVQ f+0(FP), AX
	VBROADCASTSS 0(AX), Y8   // Decay1
	VBROADCASTSS 4(AX), Y9   // Decay2
	VBROADCASTSS 8(AX), Y10  // Drop1
	VBROADCASTSS 12(AX), Y11 // Drop2
	VBROADCASTSS 16(AX), Y12 // Gain1
	VBROADCASTSS 20(AX), Y13 // Gain2
	MOVQ next_base+8(FP), DI
	MOVQ next_len+16(FP), CX
	MOVQ soma_base+32(FP), SI
	VBROADCASTSS retain+56(FP), Y14
	VBROADCASTSS pull+60(FP), Y15
	MOVQ x1_base+64(FP), R8
	MOVQ x2_base+88(FP), R9
	MOVQ u_base+112(FP), R10
	MOVQ leaving_base+136(FP), R11
	MOVQ bias_base+160(FP), R12
	SHLQ $2, CX
	XORQ AX, AX
	CMPQ AX, CX
	JGE  filteredSoma
filterSoma:
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
	VADDPS  (R12)(AX*1), Y2, Y2 // v
	VMULPS  (SI)(AX*1), Y14, Y3
	VMULPS  Y2, Y15, Y2
	VADDPS  Y2, Y3, Y2
	VMOVUPS Y2, (DI)(AX*1)
	ADDQ    $32, AX
	CMPQ    AX, CX
	JLT     filterSoma
filteredSoma:
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

// 64-bit constants of the mixing function. The counters of 8 points are distributed
// over two registers in such a way that interleaving halves of both puts the points
// in order.
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

// func pointsAVX2(l *Line, cells []int32, marks []uint32, key uint64)
TEXT ·pointsAVX2(SB), NOSPLIT, $0-64
	MOVQ l+0(FP), AX
	MOVQ cells_base+8(FP), DI
	MOVQ cells_len+16(FP), CX
	MOVQ marks_base+32(FP), SI
	MOVQ 0(AX), R8
	VMOVQ R8, X13                // fraction
	VBROADCASTSS 8(AX), Y14      // limit
	VBROADCASTSS 12(AX), Y15     // scale
	VPBROADCASTQ key+56(FP), Y12 // counter before the group
	VPBROADCASTQ mixing<>+64(SB), Y8
	VPBROADCASTQ mixing<>+72(SB), Y9
	VPBROADCASTQ mixing<>+80(SB), Y10
	VPBROADCASTQ mixing<>+88(SB), Y11
	VPXOR Y7, Y7, Y7             // position before the group
	VCVTPS2DQ Y14, Y6            // end
	XORQ  DX, DX
points:
	CMPQ DX, CX
	JGE  pointsDone

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
	CONST(64, Y2)
	VMULPS  Y2, Y1, Y1           // e ln 2
	VMULPS  Y0, Y0, Y2           // f²
	CONST(92, Y3)
	VMULPS  Y2, Y3, Y3           // f² Q6
	CONST(88, Y4)
	VMULPS  Y0, Y4, Y4
	CONST(84, Y5)
	VADDPS  Y5, Y4, Y4           // Q4 + f Q5
	VADDPS  Y3, Y4, Y4
	VMULPS  Y2, Y2, Y3           // f⁴
	VMULPS  Y3, Y4, Y4           // the upper three terms
	CONST(80, Y3)
	VMULPS  Y0, Y3, Y3
	CONST(76, Y5)
	VADDPS  Y5, Y3, Y3           // Q2 + f Q3
	VMULPS  Y2, Y3, Y3
	VADDPS  Y3, Y4, Y4
	CONST(72, Y3)
	VMULPS  Y0, Y3, Y3
	CONST(68, Y5)
	VADDPS  Y5, Y3, Y3           // Q0 + f Q1
	VADDPS  Y3, Y4, Y4           // Q(f)
	VMULPS  Y0, Y2, Y3           // f³
	VMULPS  Y3, Y4, Y4
	CONST(20, Y5)
	VMULPS  Y5, Y2, Y2
	VSUBPS  Y2, Y0, Y0           // f − f²/2
	VADDPS  Y0, Y1, Y1
	VADDPS  Y4, Y1, Y1

	// gaps and their running sum
	VMULPS  Y15, Y1, Y1
	VMINPS  Y1, Y14, Y1          // limit < gap ? limit : gap
	VCVTPS2DQ Y1, Y0
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
	VPMINUD Y6, Y7, Y7           // not beyond the end, where it would overflow
	VPSRLD  X13, Y0, Y0
	VMOVDQU Y0, (DI)(DX*4)
	ADDQ    $8, DX
	JMP     points
pointsDone:
	VZEROUPPER
	RET

// Constants of 16 points: the counters of points 0, 2, …, 14; those of points 1, 3, …,
// 15 are larger by γ.
DATA  counters<>+0(SB)/8, $0x9e3779b97f4a7c15  // γ
DATA  counters<>+8(SB)/8, $0xdaa66d2c7ddf743f // 3γ
DATA  counters<>+16(SB)/8, $0x1715609f7c746c69 // 5γ
DATA  counters<>+24(SB)/8, $0x538454127b096493 // 7γ
DATA  counters<>+32(SB)/8, $0x8ff34785799e5cbd // 9γ
DATA  counters<>+40(SB)/8, $0xcc623af8783354e7 // 11γ
DATA  counters<>+48(SB)/8, $0x08d12e6b76c84d11 // 13γ
DATA  counters<>+56(SB)/8, $0x454021de755d453b // 15γ
DATA  counters<>+64(SB)/8, $0xe3779b97f4a7c150 // 16γ
DATA  counters<>+72(SB)/8, $0xbf58476d1ce4e5b9 // mix1
DATA  counters<>+80(SB)/8, $0x94d049bb133111eb // mix2
GLOBL counters<>(SB), RODATA|NOPTR, $88

// func pointsAVX512(l *Line, cells []int32, marks []uint32, key uint64)
//
// It works like pointsAVX2, with 16 points at a time and a single instruction for a
// product of 64 bits.
TEXT ·pointsAVX512(SB), NOSPLIT, $0-64
	MOVQ l+0(FP), AX
	MOVQ cells_base+8(FP), DI
	MOVQ cells_len+16(FP), CX
	MOVQ marks_base+32(FP), SI
	MOVQ 0(AX), R8
	VMOVQ R8, X13                // fraction
	VBROADCASTSS 8(AX), Z14      // limit
	VBROADCASTSS 12(AX), Z15     // scale
	VPBROADCASTQ key+56(FP), Z12
	VPADDQ       counters<>+0(SB), Z12, Z12 // counters of points 0, 2, …
	VPBROADCASTQ counters<>+0(SB), Z11      // γ
	VPBROADCASTQ counters<>+64(SB), Z10     // 16γ
	VPBROADCASTQ counters<>+72(SB), Z9      // mix1
	VPBROADCASTQ counters<>+80(SB), Z8      // mix2
	VPXORQ    Z7, Z7, Z7         // position before the group
	VPXORQ    Z5, Z5, Z5         // zero
	VCVTPS2DQ Z14, Z6            // end
	MOVL   $15, R9
	VPBROADCASTD R9, Z16         // index of the last point
	MOVL   $0xaaaa, R9
	KMOVW  R9, K1                // points 1, 3, …
	CONST(96, Z17)
	CONST(48, Z18)
	CONST(52, Z19)
	CONST(100, Z20)
	CONST(60, Z21)
	CONST(56, Z22)
	CONST(40, Z23)
	CONST(64, Z24)
	CONST(92, Z25)
	CONST(88, Z26)
	CONST(84, Z27)
	CONST(80, Z28)
	CONST(76, Z29)
	CONST(72, Z30)
	CONST(68, Z31)
	XORQ DX, DX
points512:
	CMPQ DX, CX
	JGE  pointsDone512

	VPADDQ  Z11, Z12, Z1
	VPSRLQ  $30, Z12, Z0
	VPXORQ  Z12, Z0, Z0
	VPADDQ  Z10, Z12, Z12
	VPSRLQ  $30, Z1, Z2
	VPXORQ  Z2, Z1, Z1
	VPMULLQ Z9, Z0, Z0
	VPMULLQ Z9, Z1, Z1
	VPSRLQ  $27, Z0, Z2
	VPSRLQ  $27, Z1, Z3
	VPXORQ  Z2, Z0, Z0
	VPXORQ  Z3, Z1, Z1
	VPMULLQ Z8, Z0, Z0
	VPMULLQ Z8, Z1, Z1
	VPSRLQ  $31, Z0, Z2
	VPSRLQ  $31, Z1, Z3
	VPXORQ  Z2, Z0, Z0
	VPXORQ  Z3, Z1, Z1
	VPSLLQ  $32, Z1, Z2
	VPSRLQ  $32, Z0, Z3
	VMOVDQA32 Z2, K1, Z0         // lower halves: marks
	VMOVDQU32 Z0, (SI)(DX*4)
	VMOVDQA32 Z1, K1, Z3         // upper halves

	// ln u
	VPSRLD  $9, Z3, Z0
	VPADDD  Z0, Z0, Z0
	VPADDD  Z17, Z0, Z0
	VCVTDQ2PS Z0, Z0
	VMULPS  Z18, Z0, Z0          // u
	VPADDD  Z19, Z0, Z0          // x
	VPSRLD  $23, Z0, Z1
	VPSUBD  Z20, Z1, Z1
	VCVTDQ2PS Z1, Z1             // e
	VPANDD  Z21, Z0, Z0
	VPADDD  Z22, Z0, Z0
	VSUBPS  Z23, Z0, Z0          // f
	VMULPS  Z24, Z1, Z1          // e ln 2
	VMULPS  Z0, Z0, Z2           // f²
	VMULPS  Z2, Z25, Z3          // f² Q6
	VMULPS  Z0, Z26, Z4
	VADDPS  Z27, Z4, Z4          // Q4 + f Q5
	VADDPS  Z3, Z4, Z4
	VMULPS  Z2, Z2, Z3           // f⁴
	VMULPS  Z3, Z4, Z4           // the upper three terms
	VMULPS  Z0, Z28, Z3
	VADDPS  Z29, Z3, Z3          // Q2 + f Q3
	VMULPS  Z2, Z3, Z3
	VADDPS  Z3, Z4, Z4
	VMULPS  Z0, Z30, Z3
	VADDPS  Z31, Z3, Z3          // Q0 + f Q1
	VADDPS  Z3, Z4, Z4           // Q(f)
	VMULPS  Z0, Z2, Z3           // f³
	VMULPS  Z3, Z4, Z4
	VMULPS.BCST consts<>+20(SB), Z2, Z2
	VSUBPS  Z2, Z0, Z0           // f − f²/2
	VADDPS  Z0, Z1, Z1
	VADDPS  Z4, Z1, Z1

	// gaps and their running sum
	VMULPS  Z15, Z1, Z1
	VMINPS  Z1, Z14, Z1
	VCVTPS2DQ Z1, Z0
	VPSLLDQ $4, Z0, Z1
	VPADDD  Z1, Z0, Z0
	VPSLLDQ $8, Z0, Z1
	VPADDD  Z1, Z0, Z0           // sums within each quarter
	VPSHUFD $0xff, Z0, Z1
	VALIGND $12, Z5, Z1, Z1      // sums of the quarter before
	VALIGND $12, Z5, Z1, Z2
	VPADDD  Z2, Z1, Z1           // of the two before
	VALIGND $8, Z5, Z1, Z2
	VPADDD  Z2, Z1, Z1           // of all before
	VPADDD  Z1, Z0, Z0
	VPADDD  Z7, Z0, Z0           // positions
	VPERMD  Z0, Z16, Z7          // the last, everywhere
	VPMINUD Z6, Z7, Z7
	VPSRLD  X13, Z0, Z0
	VMOVDQU32 Z0, (DI)(DX*4)
	ADDQ    $16, DX
	JMP     points512
pointsDone512:
	VZEROUPPER
	RET

// func acceptASM(list, cells []int32, marks []uint32, base, end int32, v []float32, theta *Thresholds) (tried, accepted int)
//
// It does not branch on whether a candidate is accepted, because that cannot be
// predicted: it writes every neuron, and the next one over it unless the neuron was
// accepted. One comparison covers both ends of the interval; its other two results are
// masked.
TEXT ·acceptASM(SB), NOSPLIT, $0-128
	MOVQ list_base+0(FP), DI
	MOVQ cells_base+24(FP), SI
	MOVQ marks_base+48(FP), R8
	MOVL base+72(FP), CX
	MOVL end+76(FP), R14
	MOVQ v_base+80(FP), R9
	MOVQ theta+104(FP), R10
	XORQ AX, AX                  // tried
	XORQ BX, BX                  // accepted
	MOVL (SI), DX
	CMPL DX, R14
	JGE  accepted
accept:
	MOVL (R8)(AX*4), R11
	SUBL CX, DX
	SHRL $22, R11
	VBROADCASTSS (R9)(DX*4), X0
	MOVL DX, (DI)(BX*4)
	VCMPPS $0x1d, (R10)(R11*4), X0, X1 // v ≥ θ
	VMOVMSKPS X1, R12
	ANDL $3, R12                 // 0: below, 1: within, 3: above
	CMPL R12, $1
	JEQ  accepted
	SHRL $1, R12
	INCQ AX
	ADDQ R12, BX
	MOVL (SI)(AX*4), DX
	CMPL DX, R14
	JLT  accept
accepted:
	MOVQ AX, tried+112(FP)
	MOVQ BX, accepted+120(FP)
	RET

// func acceptBelowASM(list, cells []int32, marks []uint32, base, end int32, names []int32, most []uint32) (tried, accepted int)
TEXT ·acceptBelowASM(SB), NOSPLIT, $0-144
	MOVQ list_base+0(FP), DI
	MOVQ cells_base+24(FP), SI
	MOVQ marks_base+48(FP), R8
	MOVL base+72(FP), CX
	MOVL end+76(FP), R14
	MOVQ names_base+80(FP), R9
	MOVQ most_base+104(FP), R10
	XORQ AX, AX                  // tried
	XORQ BX, BX                  // accepted
acceptBelow:
	MOVL (SI)(AX*4), DX
	CMPL DX, R14
	JGE  acceptedBelow
	SUBL CX, DX
	MOVL (R8)(AX*4), R11
	MOVL (R9)(DX*4), R12
	MOVL R12, (DI)(BX*4)
	XORL R13, R13
	CMPL R11, (R10)(DX*4)        // the mark is at most this
	SETLS R13
	ADDQ R13, BX
	INCQ AX
	JMP  acceptBelow
acceptedBelow:
	MOVQ AX, tried+128(FP)
	MOVQ BX, accepted+136(FP)
	RET
